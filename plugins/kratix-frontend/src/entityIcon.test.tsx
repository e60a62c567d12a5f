import { render } from '@testing-library/react';
import { kratixEntityIcon } from './entityIcon';

const entity = (type?: string) => ({ apiVersion: 'backstage.io/v1alpha1', kind: 'Component', metadata: { name: 'one' }, spec: { type } });

describe('the icon of an entity', () => {
  it('is another one for offers, requests and destinations, and always the same component', () => {
    const icons = ['kratix-promise', 'kratix-resource', 'kratix-destination'].map(type => kratixEntityIcon(entity(type)));
    expect(new Set(icons).size).toBe(3);
    expect(kratixEntityIcon(entity('kratix-promise'))).toBe(icons[0]);
  });

  it('stands where a graph puts it, as large as that wants it', () => {
    const Icon = kratixEntityIcon(entity('kratix-promise'))!;
    const { container } = render(<Icon x={7} y={8} width={16} height={16} className="node" />);
    const svg = container.querySelector('svg')!;
    expect(['x', 'y', 'width', 'height', 'class'].map(name => svg.getAttribute(name))).toEqual(['7', '8', '16', '16', expect.stringContaining('node')]);
  });

  it.each(['service', 'toString', undefined])('is left to the catalog for %s', type => expect(kratixEntityIcon(entity(type))).toBeUndefined());
});

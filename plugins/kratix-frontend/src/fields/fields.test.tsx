import { useState, type ComponentType } from 'react';
import { renderInTestApp } from '@backstage/frontend-test-utils';
import { SecretsContextProvider, useTemplateSecrets } from '@backstage/plugin-scaffolder-react';
import { act, screen, waitFor } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import axe from 'axe-core';
import type { PromiseDetail, PromiseVersion } from '@kratix-ts/backstage-plugin-kratix-common';
import { kratixApiRef } from '../apis/KratixApi';
import { FakeKratix } from '../fixtures/fakeKratix';
import { NamespacePicker } from './NamespacePicker';
import { SecretField } from './SecretField';
import { VersionPicker } from './VersionPicker';
import { breakingAfter, newestFirst } from './versions';
import { YamlField } from './YamlField';

const offer = { cluster: 'local', promise: 'database' };
const version = (name: string, more: Partial<PromiseVersion> = {}): PromiseVersion => ({ version: name, revision: `database-${name}`, latest: false, requests: 0, ...more });
const breaking = (text: string) => ({ path: 'spec.size', change: 'required' as const, text, breaking: true });
const versions = [
  version('v1', { createdAt: '2026-01-01T00:00:00Z' }),
  version('v3', { createdAt: '2026-03-01T00:00:00Z', latest: true, changes: [breaking('spec.owner is required.'), { ...breaking('spec.note is new.'), breaking: false }] }),
  version('v2', { createdAt: '2026-02-01T00:00:00Z', changes: [breaking('spec.size must be one of small, large.')] }),
];
const detail: PromiseDetail = {
  cluster: 'local', name: 'database', available: true, requests: 0, uid: 'u', createdAt: '2026-01-01T00:00:00Z', conditions: [], paused: false, deleting: false,
  workflows: [], versions, requires: [], requiredBy: [], counts: {}, runs: [], canDryRun: false, destinationSelectors: [],
};

interface FieldOptions {
  title?: string;
  value?: unknown;
  options?: object;
  required?: boolean;
}

function open(Field: ComponentType<any>, { title = 'Settings', value, options = {}, required }: FieldOptions = {}) {
  const fake = new FakeKratix();
  fake.platform.details = [detail];
  const values: unknown[] = [];
  const secrets: Record<string, string>[] = [];
  function Form() {
    const [formData, setFormData] = useState(value);
    secrets.push(useTemplateSecrets().secrets);
    const props = { name: 'settings', schema: { title, description: 'What it is for.' }, uiSchema: { 'ui:options': options }, idSchema: { $id: 'root_spec_settings' }, required, formData };
    const change = (given: unknown) => {
      values.push(given);
      setFormData(given);
    };
    return <Field {...props} onChange={change} />;
  }
  const show = () => renderInTestApp(<SecretsContextProvider><Form /></SecretsContextProvider>, { apis: [[kratixApiRef, fake]] });
  return { fake, values, last: () => values[values.length - 1], secrets: () => secrets[secrets.length - 1], show };
}

const barriers = async (container: Element) => {
  const { violations } = await axe.run(container, { rules: { 'color-contrast': { enabled: false }, region: { enabled: false } } });
  return violations.map(({ id, nodes }) => `${id}: ${nodes[0].html}`);
};

describe('KratixYaml', () => {
  it('hands on what the text says, and shows what is there', async () => {
    const field = open(YamlField, { value: { a: [1] }, options: { objectOnly: true }, required: true });
    const { container } = field.show();
    const box = await screen.findByRole('textbox', { name: /Settings/ });
    expect(box).toHaveValue('a:\n  - 1\n');
    expect(box).toBeRequired();
    await userEvent.clear(box);
    expect(field.last()).toBeUndefined();
    await userEvent.type(box, 'b: {{c: true}');
    expect(field.last()).toEqual({ b: { c: true } });
    expect(await barriers(container)).toEqual([]);
  });

  it.each([
    ['a: [', true, 'This is no YAML yet'],
    ['- a', true, 'This must be a mapping'],
  ])('keeps %j, says what is wrong, and does not let the form go on', async (text, objectOnly, words) => {
    const field = open(YamlField, { options: { objectOnly } });
    field.show();
    await userEvent.type(await screen.findByRole('textbox'), text.replace('[', '[['));
    expect(screen.getByText(new RegExp(words))).toBeInTheDocument();
    expect(field.last()).toEqual({ 'kratix-invalid-yaml': text });
    expect(screen.getByRole('textbox')).toHaveAccessibleDescription(expect.stringContaining(words));
  });

  it('takes anything where anything goes', async () => {
    const field = open(YamlField, { value: {} });
    field.show();
    const box = await screen.findByRole('textbox');
    expect(box).toHaveValue('');
    await userEvent.type(box, '- 1');
    expect(field.last()).toEqual([1]);
    expect(box).toHaveValue('- 1');
  });
});

describe('KratixSecret', () => {
  it('puts the secret among those of the task, and a token into the form', async () => {
    const field = open(SecretField, { options: { minLength: 3, pattern: '^[a-z]+$' } });
    const { container } = field.show();
    const box = await screen.findByLabelText(/Settings/, { selector: 'input' });
    expect(box).toHaveAttribute('type', 'password');
    await userEvent.type(box, 'ab');
    expect(screen.getByText('At least 3 characters.')).toBeInTheDocument();
    expect(field.last()).toBe('kratix-secret:');
    await userEvent.type(box, 'c');
    expect(field.last()).toMatch(/^kratix-secret:root_spec_settings-\w+$/);
    await waitFor(() => expect(field.secrets()).toEqual({ [String(field.last())]: 'abc' }));
    expect(JSON.stringify(field.values)).not.toContain('abc');
    await userEvent.type(box, '1');
    expect(screen.getByText('It must match ^[a-z]+$.')).toBeInTheDocument();
    expect(await barriers(container)).toEqual([]);
  });

  it('keeps a secret that is there, unless somebody types another', async () => {
    const field = open(SecretField, { value: 'kratix-secret:spec.settings' });
    field.show();
    const box = await screen.findByPlaceholderText('Unchanged; type to replace it');
    await userEvent.type(box, 'x');
    expect(field.last()).not.toBe('kratix-secret:spec.settings');
    await userEvent.clear(box);
    expect(field.last()).toBe('kratix-secret:spec.settings');
  });
});

describe('KratixNamespacePicker', () => {
  it('offers the namespaces in which the caller may create, and none else', async () => {
    const field = open(NamespacePicker, { value: 'default', options: offer });
    field.fake.platform.namespaces = ['team-b', 'team-a', 'team-a'].map(name => ({ cluster: 'local', name }));
    const { container } = field.show();
    await userEvent.click(await screen.findByRole('button', { name: /Choose a namespace/ }));
    expect(field.last()).toBeUndefined();
    expect(screen.getAllByRole('option').map(option => option.textContent)).toEqual(['team-a', 'team-b']);
    await userEvent.click(screen.getByRole('option', { name: 'team-b' }));
    expect(field.last()).toBe('team-b');
    expect(await barriers(container)).toEqual([]);
  });

  it('takes the only one, and says when there is none', async () => {
    const one = open(NamespacePicker, { value: 'default', options: offer });
    one.fake.platform.namespaces = [{ cluster: 'local', name: 'team-a' }];
    const { unmount } = one.show();
    await waitFor(() => expect(one.last()).toBe('team-a'));
    unmount();
    const none = open(NamespacePicker, { value: 'default', options: offer });
    none.fake.platform.namespaces = [];
    none.show();
    expect(await screen.findByText('There is no namespace in which you may make this request.')).toBeInTheDocument();
    expect(none.last()).toBeUndefined();
  });

  it('takes any name where the portal does not list them', async () => {
    const field = open(NamespacePicker, { title: 'Namespace', value: 'default', options: offer });
    field.show();
    const box = await screen.findByRole('textbox', { name: /Namespace/ });
    expect(box).toHaveValue('default');
    await userEvent.type(box, '-2');
    expect(field.last()).toBe('default-2');
  });
});

describe('KratixPromiseVersionPicker', () => {
  it('follows the latest where nobody chooses, and tells what staying behind means', async () => {
    const field = open(VersionPicker, { title: 'Version', options: offer });
    const { container } = field.show();
    await userEvent.click(await screen.findByRole('button', { name: /latest: v3 now/ }));
    expect(screen.getAllByRole('option').map(option => option.textContent)).toEqual(['latest: v3 now, and every new version', 'v3', 'v2', 'v1']);
    await userEvent.click(screen.getByRole('option', { name: 'v1' }));
    expect(field.last()).toBe('v1');
    expect(await screen.findByText('Moving on from v1 later needs care')).toBeInTheDocument();
    expect(screen.getAllByRole('listitem').map(item => item.textContent)).toEqual(['v2: spec.size must be one of small, large.', 'v3: spec.owner is required.']);
    expect(await barriers(container)).toEqual([]);
  });

  it('keeps what was chosen where the versions cannot be listed', async () => {
    const field = open(VersionPicker, { value: 'v9', options: { cluster: 'local', promise: 'gone' } });
    field.show();
    expect(await screen.findByText(/The versions could not be listed: Promise "gone" not found/)).toBeInTheDocument();
    expect(screen.getByRole('button', { name: /v9/ })).toBeInTheDocument();
  });

  it('asks nothing where there is nothing to choose from', async () => {
    const field = open(VersionPicker, { options: offer });
    field.fake.platform.details = [{ ...detail, versions: [version('not-set', { latest: true })] }];
    const asked = jest.spyOn(field.fake, 'promise');
    const { container } = field.show();
    await waitFor(() => expect(asked).toHaveBeenCalled());
    await act(async () => void (await asked.mock.results[0].value));
    expect(container.querySelector('button')).toBeNull();
  });

  it('sorts versions by age and counts only breaking changes behind the chosen one', () => {
    expect(newestFirst(versions).map(({ version: name }) => name)).toEqual(['v3', 'v2', 'v1']);
    expect(breakingAfter(newestFirst(versions), 'v3')).toEqual([]);
    expect(breakingAfter(newestFirst(versions), 'unknown')).toEqual([]);
  });
});

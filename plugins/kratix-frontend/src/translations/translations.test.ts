import { sentences } from '@kratix-ts/backstage-plugin-kratix-common';
import de from './de';

const valuesIn = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(match => match[1]).sort();
const german: Record<string, string> = de;

describe('translations', () => {
  it.each(Object.entries(sentences))('the German sentence %s uses the values of the English one', (id, english) => {
    expect(valuesIn(german[`sentence.${id}`])).toEqual(valuesIn(english));
  });

  it('leave no text empty', () => {
    expect(Object.entries(german).filter(([, text]) => !text.trim())).toEqual([]);
  });
});

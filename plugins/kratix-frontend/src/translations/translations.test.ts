import { sentences } from '@kratix-ts/backstage-plugin-kratix-common';
import de from './de';
import { deliveryMessages } from './delivery';
import { formErrorMessages } from './formErrors';
import { manageMessages } from './manage';
import { pipelinesMessages } from './pipelines';
import { statusMessages } from './status';

type Messages = { readonly [key: string]: string | Messages };

/** Every text of an area with its key, as the German file writes it. */
function flat(messages: Messages, prefix = ''): [string, string][] {
  return Object.entries(messages).flatMap(([key, value]): [string, string][] =>
    typeof value === 'string' ? [[prefix + key, value]] : flat(value, `${prefix}${key}.`),
  );
}
const areas: Messages[] = [{ sentence: sentences }, statusMessages, pipelinesMessages, deliveryMessages, { formError: formErrorMessages, manage: manageMessages }];
const valuesIn = (text: string) => [...text.matchAll(/\{\{(\w+)\}\}/g)].map(match => match[1]).sort();
const german: Record<string, string> = de;

describe('translations', () => {
  it.each(areas.flatMap(area => flat(area)))('the German text %s is there, with the values of the English one', (id, english) => {
    expect(valuesIn(german[id])).toEqual(valuesIn(english));
  });

  it('leave no text empty', () => {
    expect(Object.entries(german).filter(([, text]) => !text.trim())).toEqual([]);
  });
});

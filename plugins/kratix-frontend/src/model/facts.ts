import { humanise, isSecretToken, plainText } from '@kratix-ts/backstage-plugin-kratix-common';

export interface Fact {
  name: string;
  value: string;
  /** Set when the value is an address that a browser may open. */
  href?: string;
}

/** The plain values of an object as the card shows them: objects, lists, secrets, empty and long ones are left to other pages. */
export function factsOf(values: Record<string, unknown>, most: number): Fact[] {
  return Object.entries(values)
    .filter((entry): entry is [string, string | number | boolean] => ['string', 'number', 'boolean'].includes(typeof entry[1]))
    .filter(([, value]) => !isSecretToken(value))
    .map(([name, value]) => ({ name: humanise(name), value: plainText(String(value)).trim() }))
    .filter(({ value }) => value !== '' && value.length <= 200)
    .map(fact => (isAddress(fact.value) ? { ...fact, href: fact.value } : fact))
    .slice(0, most);
}

/** Only http and https: anything else could run in the page. */
function isAddress(value: string): boolean {
  if (!/^https?:\/\//i.test(value)) return false;
  return URL.canParse(value);
}

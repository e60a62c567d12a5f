import { patternRule } from '@kratix-ts/backstage-plugin-kratix-common';
import { renderInTestApp } from '@backstage/frontend-test-utils';
import { useWords } from '../useWords';
import { patternWords } from './patternWords';

it.each([
  ['^[a-z]+$', 'Only lower-case letters.'],
  ['^[a-z0-9]([-a-z0-9]*[a-z0-9])?$', 'Only lower-case letters, digits and hyphens. The first and the last are each a lower-case letter or a digit.'],
  ['^[a-z]([a-z0-9-]{0,18}[a-z0-9])?$', 'Only lower-case letters, digits and hyphens. The first is a lower-case letter. The last is a lower-case letter or a digit. At most 20 characters.'],
  ['^[\\d]{4}$', 'Only digits. Exactly 4 characters.'],
  ['^[A-Z]{2,5}$', 'Only capital letters. At least 2 characters. At most 5 characters.'],
])('says of %s what is allowed', async (pattern, words) => {
  const Shown = () => <p>{patternWords(useWords().t, patternRule(pattern)!)}</p>;
  const { findByText } = renderInTestApp(<Shown />);
  expect(await findByText(words)).toBeVisible();
});

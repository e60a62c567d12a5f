import type { ComponentType } from 'react';
import { createFormField, FormFieldBlueprint } from '@backstage/plugin-scaffolder-react/alpha';

/**
 * Forms are drawn on white paper, of which our controls know nothing: told that they stand on something, they take a
 * colour that is seen there.
 */
async function onPaper<Props extends object>(load: Promise<ComponentType<Props>>): Promise<(props: Props) => JSX.Element> {
  const [Field, { BgProvider }] = await Promise.all([load, import('@backstage/ui')]);
  return props => (
    <BgProvider bg="neutral-1">
      <Field {...props} />
    </BgProvider>
  );
}

// What is validated arrives as the form has it: validators get no translations.
const yaml = FormFieldBlueprint.make({
  name: 'yaml',
  params: {
    field: async () => {
      const [{ YamlField }, { holdsUnread }] = await Promise.all([import('./YamlField'), import('./yamlText')]);
      return createFormField({
        name: 'KratixYaml',
        component: await onPaper(Promise.resolve(YamlField)),
        validation: (value: unknown, field) => {
          if (holdsUnread(value)) field.addError('This is no YAML yet');
        },
      });
    },
  },
});

const secret = FormFieldBlueprint.make({
  name: 'secret',
  params: {
    field: async () => {
      const { SecretField, UNFIT_SECRET } = await import('./SecretField');
      return createFormField({
        name: 'KratixSecret',
        component: await onPaper(Promise.resolve(SecretField)),
        validation: (value: unknown, field) => {
          if ((Array.isArray(value) ? value : [value]).includes(UNFIT_SECRET)) field.addError('This does not fit the rules of the field');
        },
      });
    },
  },
});

const namespacePicker = FormFieldBlueprint.make({
  name: 'namespace-picker',
  params: {
    field: async () => createFormField({ name: 'KratixNamespacePicker', component: await onPaper(import('./NamespacePicker').then(m => m.NamespacePicker)) }),
  },
});

const versionPicker = FormFieldBlueprint.make({
  name: 'promise-version-picker',
  params: {
    field: async () => createFormField({ name: 'KratixPromiseVersionPicker', component: await onPaper(import('./VersionPicker').then(m => m.VersionPicker)) }),
  },
});

/** Fields for the forms of software templates. They join the scaffolder by themselves when the plugin is installed. */
export const formFields = [yaml, secret, namespacePicker, versionPicker];

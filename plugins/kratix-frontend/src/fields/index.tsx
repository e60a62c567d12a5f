import { createFormField, FormFieldBlueprint } from '@backstage/plugin-scaffolder-react/alpha';

// What is validated arrives as the form has it: validators get no translations.
const yaml = FormFieldBlueprint.make({
  name: 'yaml',
  params: {
    field: async () => {
      const [{ YamlField }, { holdsUnread }] = await Promise.all([import('./YamlField'), import('./yamlText')]);
      return createFormField({
        name: 'KratixYaml',
        component: YamlField,
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
        component: SecretField,
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
    field: async () => createFormField({ name: 'KratixNamespacePicker', component: (await import('./NamespacePicker')).NamespacePicker }),
  },
});

const versionPicker = FormFieldBlueprint.make({
  name: 'promise-version-picker',
  params: {
    field: async () => createFormField({ name: 'KratixPromiseVersionPicker', component: (await import('./VersionPicker')).VersionPicker }),
  },
});

/** Fields for the forms of software templates. They join the scaffolder by themselves when the plugin is installed. */
export const formFields = [yaml, secret, namespacePicker, versionPicker];

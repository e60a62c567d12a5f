import { useEffect, useMemo, useState, type ComponentType } from 'react';
import { useApiHolder } from '@backstage/frontend-plugin-api';
import { Skeleton } from '@backstage/ui';
import { extractSchemaFromStep, Form, formFieldsApiRef } from '@backstage/plugin-scaffolder-react/alpha';
import validator from '@rjsf/validator-ajv8';
import { formSchema, type JsonSchema } from '@kratix-ts/backstage-plugin-kratix-common';
import { FieldGroup } from './FieldGroup';
import { useRuleWords } from './useRuleWords';

interface SpecFormProps {
  /** openAPIV3Schema of the spec. */
  schema: JsonSchema;
  values: Record<string, unknown>;
  isDisabled: boolean;
  onChange: (values: Record<string, unknown>) => void;
}

/** The request is there, and so are its defaults: one that the form filled in would look like an edit. */
const DEFAULTS = { emptyObjectFields: 'skipDefaults' } as const;

const TEMPLATES = { ObjectFieldTemplate: FieldGroup };

type Fields = Record<string, ComponentType<any>>;

/** The form of the template that makes requests, with the same fields. Loaded when somebody edits. */
export default function SpecForm({ schema, values, isDisabled, onChange }: SpecFormProps) {
  const fields = useFields();
  const { transformErrors } = useRuleWords(schema);
  const form = useMemo(() => {
    const { title: _title, description: _description, ...root } = formSchema(schema);
    return extractSchemaFromStep(JSON.parse(JSON.stringify(root)));
  }, [schema]);
  if (!fields) return <Skeleton width="100%" height={240} />;
  return (
    <Form
      {...form}
      EXPERIMENTAL_theme="bui"
      validator={validator}
      fields={fields}
      templates={TEMPLATES}
      formData={values}
      formContext={{ formData: values }}
      disabled={isDisabled}
      liveValidate
      showErrorList={false}
      noHtml5Validate
      experimental_defaultFormStateBehavior={DEFAULTS}
      transformErrors={transformErrors}
      onChange={({ formData }: { formData?: Record<string, unknown> }) => onChange(formData ?? {})}
    >
      {/* The page has its own button; an empty child leaves the form's out. */}
      <></>
    </Form>
  );
}

/** The fields that the app's templates can have. */
function useFields(): Fields | undefined {
  const api = useApiHolder().get(formFieldsApiRef);
  const [fields, setFields] = useState<Fields | undefined>(api ? undefined : {});
  useEffect(() => {
    let isGone = false;
    api?.loadFormFields().then(
      loaded => !isGone && setFields(Object.fromEntries(loaded.flatMap(fieldOf))),
      () => !isGone && setFields({}),
    );
    return () => {
      isGone = true;
    };
  }, [api]);
  return fields;
}

/** A field's type says nothing about what it holds; its name and component are what forms are given. */
function fieldOf(field: object): [string, ComponentType<any>][] {
  if (!('name' in field) || typeof field.name !== 'string' || !('component' in field)) return [];
  return [[field.name, field.component as ComponentType<any>]];
}

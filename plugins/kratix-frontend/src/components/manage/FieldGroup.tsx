import type { ObjectFieldTemplateProps } from '@rjsf/utils';
import { canExpand } from '@rjsf/utils';
import styles from './FieldGroup.module.css';

/** Titles that forms make up for the items of a list, such as `hosts-1`. */
const MADE_UP = /-\d+$/;

/** Fields that belong together, under their title: the kit's own form names no object inside of another. */
export function FieldGroup(props: ObjectFieldTemplateProps) {
  const { title, description, idSchema, required } = props;
  if (idSchema.$id === 'root' || !title || MADE_UP.test(title)) return <Fields {...props} />;
  return (
    <fieldset className={styles.group}>
      <legend className={styles.title}>
        {title}
        {required && ' *'}
      </legend>
      {description && <p className={styles.description}>{description}</p>}
      <Fields {...props} />
    </fieldset>
  );
}

function Fields({ properties, schema, uiSchema, formData, registry, disabled, readonly, onAddClick }: ObjectFieldTemplateProps) {
  const { AddButton } = registry.templates.ButtonTemplates;
  return (
    <>
      {properties.map(({ content }) => content)}
      {canExpand(schema, uiSchema, formData) && (
        <AddButton onClick={onAddClick(schema)} disabled={disabled || readonly} uiSchema={uiSchema} registry={registry} />
      )}
    </>
  );
}

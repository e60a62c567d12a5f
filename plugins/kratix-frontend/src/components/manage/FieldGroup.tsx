import { canExpand, type ObjectFieldTemplateProps } from '@rjsf/utils';
import styles from './FieldGroup.module.css';

/** Ids of items of a list, such as `root_hosts_0`: forms make titles up for them. */
const ITEM = /_\d+$/;

/** Fields that belong together, under their title: the kit's own form names no object inside of another. */
export function FieldGroup(props: ObjectFieldTemplateProps) {
  const { title, description, idSchema } = props;
  if (idSchema.$id === 'root' || !title || ITEM.test(idSchema.$id)) return <Fields {...props} />;
  return (
    <fieldset className={styles.group}>
      <legend className={styles.title}>{title}</legend>
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

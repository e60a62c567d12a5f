import { useApi } from '@backstage/frontend-plugin-api';
import { Alert, Flex, Select } from '@backstage/ui';
import type { PromiseVersion } from '@kratix-ts/backstage-plugin-kratix-common';
import { kratixApiRef } from '../apis/KratixApi';
import { problemOf } from '../apis/problem';
import { useWords } from '../components/useWords';
import { useAnswer, useFieldWords, type FieldProps } from './fieldParts';
import type { OfferOptions } from './NamespacePicker';
import { breakingAfter, newestFirst } from './versions';

const LATEST = 'latest';
/** What a Promise without a version has for one. */
const NOT_SET = 'not-set';

/** The versions of an offer. Who stays behind the latest is told what a later move would break. */
export function VersionPicker(props: FieldProps<string, OfferOptions>) {
  const { formData = LATEST, onChange, uiSchema, required, disabled, idSchema } = props;
  const { t } = useWords();
  const api = useApi(kratixApiRef);
  const words = useFieldWords(props, t('fields.version'));
  const { cluster = '', promise = '' } = uiSchema['ui:options'] ?? {};
  const { value: detail, error } = useAnswer(`${cluster}/${promise}`, signal => api.promise(cluster, promise, signal));
  const versions = newestFirst(detail?.versions ?? []).filter(({ version }) => version !== NOT_SET);
  // Nothing to choose from, or not yet: whoever does not choose follows the latest.
  if (versions.length === 0 && formData === LATEST) return null;
  const latest = versions.find(version => version.latest)?.version;
  const chosen = versions.find(({ version }) => version === formData);
  const options = [
    { value: LATEST, label: latest ? t('fields.versionLatestOf', { version: latest }) : t('fields.versionLatest') },
    ...versions.map(({ version }) => ({ value: version, label: version })),
    // What was chosen before stays to be seen while, or where, the versions are not known.
    ...(formData === LATEST || chosen ? [] : [{ value: formData, label: formData }]),
  ];
  return (
    <Flex direction="column" gap="2">
      <Select
        {...words}
        id={idSchema.$id}
        description={error ? t('fields.versionUnknown', { words: problemOf(error).words }) : words.description}
        options={options}
        selectedKey={formData}
        onSelectionChange={key => onChange(key === null ? LATEST : String(key))}
        isRequired={required}
        isDisabled={disabled}
      />
      {chosen && <Consequences versions={versions} chosen={chosen} latest={latest} />}
    </Flex>
  );
}

function Consequences({ versions, chosen, latest }: { versions: PromiseVersion[]; chosen: PromiseVersion; latest?: string }) {
  const { t } = useWords();
  const { version } = chosen;
  const breaking = breakingAfter(versions, version);
  if (breaking.length === 0) return <Alert status="info" icon title={t('fields.versionHolds', { version })} />;
  return (
    <Alert
      status="warning"
      icon
      title={t('fields.versionBreaking', { version })}
      description={
        <>
          {latest && latest !== version && <p>{t('fields.versionForm', { version, latest })}</p>}
          <ul>
            {breaking.map(({ version: into, text }) => (
              <li key={`${into} ${text}`}>
                {into}: {text}
              </li>
            ))}
          </ul>
        </>
      }
    />
  );
}

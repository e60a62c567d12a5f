import { useEffect, useState } from 'react';
import { Button } from '@backstage/ui';
import { RiCheckLine, RiFileCopyLine } from '@remixicon/react';
import { useWords } from './useWords';

const SHOWN_MS = 2_000;

/** Copies a text and says so for two seconds. */
export function CopyButton({ text }: { text: () => string }) {
  const { t } = useWords();
  const [isCopied, setCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = () => navigator.clipboard?.writeText(text()).then(() => setCopied(true), () => setCopied(false));
  // Browsers offer no clipboard to a page that was not loaded over https or from localhost.
  if (!navigator.clipboard) return null;
  return (
    <Button size="small" variant="tertiary" iconStart={isCopied ? <RiCheckLine aria-hidden /> : <RiFileCopyLine aria-hidden />} onPress={copy}>
      {t(isCopied ? 'log.copied' : 'log.copy')}
    </Button>
  );
}

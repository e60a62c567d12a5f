import { parseAllYaml } from '@kratix-ts/core/wire';
import { Failure, messageOf } from './failure';
import type { OutputFile } from './output';

const isYaml = (path: string) => /\.ya?ml$/iu.test(path);
const isJson = (path: string) => /\.json$/iu.test(path);

function parse(path: string, text: string): void {
  if (isYaml(path)) parseAllYaml(text);
  else if (text.trim() !== '') JSON.parse(text);
}

/**
 * Refuses files that are YAML or JSON by name and cannot be parsed, because whoever reads the store would stop at them.
 * Several documents, none, and `---` alone are fine. Throws {@link Failure} naming the file and the place.
 */
export function validateOutput(files: readonly OutputFile[]): void {
  for (const { path, content } of files.filter(file => isYaml(file.path) || isJson(file.path))) {
    try {
      parse(path, new TextDecoder('utf-8', { fatal: true }).decode(content));
    } catch (error) {
      const kind = isYaml(path) ? 'YAML' : 'JSON';
      throw new Failure(`output file ${JSON.stringify(path)} is not ${kind}: ${messageOf(error)} (annotation workflows.kratix-ts.dev/output-validation: none on the Pipeline delivers it as it is)`);
    }
  }
}

/** The paths of fields that a JSON text names more than once in the same object. The text must be valid JSON. */
export function findDuplicates(text: string): string[] {
  const found: string[] = [];
  let at = 0;
  const skipSpace = () => {
    while (at < text.length && text.charCodeAt(at) <= 32) at++;
  };
  const readString = (): string => {
    const start = at++;
    while (text[at] !== '"') at += text[at] === '\\' ? 2 : 1;
    at++;
    return text.slice(start, at);
  };
  const readValue = (path: string): void => {
    skipSpace();
    if (text[at] === '{') readObject(path);
    else if (text[at] === '[') readList(path);
    else if (text[at] === '"') readString();
    else while (at < text.length && !',]} \n\r\t'.includes(text[at])) at++;
    skipSpace();
  };
  const readObject = (path: string): void => {
    const seen = new Set<string>();
    at++;
    skipSpace();
    while (text[at] !== '}' && at < text.length) {
      const raw = readString();
      const name = raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1);
      const field = path ? `${path}.${name}` : name;
      if (seen.has(name)) found.push(field);
      seen.add(name);
      skipSpace();
      at++;
      readValue(field);
      if (text[at] === ',') at++;
      skipSpace();
    }
    at++;
  };
  const readList = (path: string): void => {
    at++;
    skipSpace();
    for (let index = 0; text[at] !== ']' && at < text.length; index++) {
      readValue(`${path}[${index}]`);
      if (text[at] === ',') at++;
      skipSpace();
    }
    at++;
  };
  readValue('');
  return [...new Set(found)];
}

class Scanner {
  readonly found = new Set<string>();
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  readValue(path: string): void {
    this.#skipSpace();
    const first = this.#text[this.#at];
    if (first === '{') this.#readObject(path);
    else if (first === '[') this.#readList(path);
    else if (first === '"') this.#readString();
    else while (this.#at < this.#text.length && !',]} \n\r\t'.includes(this.#text[this.#at])) this.#at++;
    this.#skipSpace();
  }

  #skipSpace(): void {
    while (this.#at < this.#text.length && this.#text.charCodeAt(this.#at) <= 32) this.#at++;
  }

  #readString(): string {
    const start = this.#at++;
    while (this.#text[this.#at] !== '"') this.#at += this.#text[this.#at] === '\\' ? 2 : 1;
    this.#at++;
    return this.#text.slice(start, this.#at);
  }

  #readObject(path: string): void {
    const seen = new Set<string>();
    this.#at++;
    this.#skipSpace();
    while (this.#text[this.#at] !== '}' && this.#at < this.#text.length) {
      const raw = this.#readString();
      const name = raw.includes('\\') ? (JSON.parse(raw) as string) : raw.slice(1, -1);
      const field = path ? `${path}.${name}` : name;
      if (seen.has(name)) this.found.add(field);
      seen.add(name);
      this.#skipSpace();
      this.#at++;
      this.readValue(field);
      if (this.#text[this.#at] === ',') this.#at++;
      this.#skipSpace();
    }
    this.#at++;
  }

  #readList(path: string): void {
    this.#at++;
    this.#skipSpace();
    for (let index = 0; this.#text[this.#at] !== ']' && this.#at < this.#text.length; index++) {
      this.readValue(`${path}[${index}]`);
      if (this.#text[this.#at] === ',') this.#at++;
      this.#skipSpace();
    }
    this.#at++;
  }
}

/** The paths of fields that a JSON text names more than once in the same object. The text must be valid JSON. */
export function findDuplicates(text: string): string[] {
  const scanner = new Scanner(text);
  scanner.readValue('');
  return [...scanner.found];
}

interface Node<T> {
  children: Map<string, Node<T>>;
  value?: T;
}

const aNode = <T>(): Node<T> => ({ children: new Map() });

/** Values by slash-separated path, that can be asked for all below a directory. */
export class KeyTree<T> {
  private readonly root: Node<T> = aNode();

  get(path: string): T | undefined {
    return this.find(path)?.value;
  }

  set(path: string, value: T): void {
    let node = this.root;
    for (const name of path.split('/')) {
      const next = node.children.get(name) ?? aNode<T>();
      node.children.set(name, next);
      node = next;
    }
    node.value = value;
  }

  delete(path: string): void {
    remove(this.root, path.split('/'), 0);
  }

  /** Every path below a directory; of all where it is empty. */
  *below(directory: string): Generator<string> {
    const node = directory === '' ? this.root : this.find(directory);
    if (node) yield* walk(node, directory);
  }

  private find(path: string): Node<T> | undefined {
    let node: Node<T> | undefined = this.root;
    for (const name of path.split('/')) node = node?.children.get(name);
    return node;
  }
}

function* walk<T>(node: Node<T>, prefix: string): Generator<string> {
  for (const [name, child] of node.children) {
    const path = prefix === '' ? name : `${prefix}/${name}`;
    if (child.value !== undefined) yield path;
    yield* walk(child, path);
  }
}

/** Gives back whether nothing is left. */
function remove<T>(node: Node<T>, names: string[], at: number): boolean {
  const name = names[at];
  const child = name === undefined ? undefined : node.children.get(name);
  if (name === undefined) delete node.value;
  else if (child && remove(child, names, at + 1)) node.children.delete(name);
  return node.children.size === 0 && node.value === undefined;
}

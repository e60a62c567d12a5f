import { isFiltered, readQuery, toRequestQuery, writeQuery } from './requestQuery';

const at = (text: string) => new URLSearchParams(text);

describe('the question in an address', () => {
  it.each([
    ['', {}],
    ['offer=a&offer=b&namespace=n&by=user:default/ana', { promise: ['a', 'b'], namespace: ['n'], requestedBy: ['user:default/ana'] }],
    ['phase=Ready&phase=Nonsense&phase=Failed', { phase: ['Failed', 'Ready'] }],
    ['text=shop&sort=name&order=desc&size=50&from=100', { text: 'shop', sort: 'name', order: 'desc', limit: 50, offset: 100 }],
    ['sort=x&order=x&size=7&from=-3', {}],
    ['from=x', {}],
  ])('reads %s', (address, expected) => {
    expect(readQuery(at(address))).toEqual({ ...readQuery(at('')), ...expected });
  });

  it.each([
    ['keeps what it does not know', 'theme=dark', { text: 'x' }, 'theme=dark&text=x'],
    ['goes to the first page when a filter changes', 'from=50', { phase: ['Failed' as const] }, 'phase=Failed'],
    ['goes to another page', 'text=x', { offset: 25 }, 'text=x&from=25'],
    ['leaves out what is as at first', 'sort=name&size=50', { sort: 'attention' as const, limit: 25 }, ''],
    ['takes a filter away', 'offer=a&offer=b', { promise: ['b'] }, 'offer=b'],
  ])('%s', (_, address, change, expected) => {
    expect(writeQuery(at(address), change).toString()).toBe(expected);
  });

  it('tells whether anything is filtered', () => {
    expect(isFiltered(readQuery(at('sort=name&from=25&text=%20')))).toBe(false);
    expect(isFiltered(readQuery(at('phase=Failed')))).toBe(true);
  });

  it('asks the backend for what it says and nothing else', () => {
    expect(toRequestQuery(readQuery(at('offer=a&text=%20b%20')))).toEqual({
      promise: ['a'], text: 'b', sort: 'attention', order: 'asc', limit: 25, offset: 0,
    });
  });
});

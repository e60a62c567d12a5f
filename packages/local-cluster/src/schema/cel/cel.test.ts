import { compileRule, whyNot } from './compile';

const self = { q: '1Gi', name: 'a', list: ['a', 'b'], map: { a: 1n }, time: '1h', n: 2n };

function evaluate(text: string): unknown {
  const rule = compileRule(text);
  if (rule instanceof Error) throw rule;
  return rule({ self });
}

it.each([
  '"abc".charAt(1) == "b"',
  '"abcb".replace("b", "x") == "axcx"',
  '"abcb".replace("b", "x", 1) == "axcb"',
  '"%s has %d of %.1f%%".format(["a", 1, 2.5]) == "a has 1 of 2.5%"',
  '"%x".format([255]) == "ff"',
  '"abc".reverse() == "cba"',
  'strings.quote("a") == "\\"a\\""',
  'self.list.map(x, x + "!") == ["a!", "b!"]',
  'self.list.join("-") == "a-b"',
  'self.list.indexOf("b") == 1',
  'self.list.isSorted()',
  '[3, 1, 2].max() == 3 && [3, 1, 2].min() == 1 && [1, 2, 3].sum() == 6',
  '[1, 1, 2].distinct() == [1, 2]',
  '[3, 1].sort() == [1, 3]',
  '[[1], [2]].flatten() == [1, 2]',
  'sets.contains([1, 2], [2])',
  'sets.equivalent([1, 2], [2, 1, 1])',
  '!sets.intersects(self.list, ["c"])',
  '"abc 12".find("[0-9]+") == "12"',
  '"a1b2c3".findAll("[0-9]", 2) == ["1", "2"]',
  'isQuantity("1.5Gi") && !isQuantity("1.5Xi")',
  'quantity("1k") == quantity("1000")',
  'quantity(self.q).isLessThan(quantity("2Gi"))',
  'quantity("500m").add(1).asApproximateFloat() == 1.5',
  'quantity("-1").sign() == -1',
  'quantity("2").sub(quantity("1")).asInteger() == 1',
  '!quantity("100m").isInteger()',
  'url("https://u@a.b:80/c/d?x=1&x=2").getHost() == "a.b:80"',
  'url("https://[::1]:80/c").getHostname() == "::1" && url("https://[::1]:80/c").getPort() == "80"',
  'url("https://a.b").getEscapedPath() == ""',
  'url("https://a.b?x=1&x=2").getQuery()["x"] == ["1", "2"]',
  'isURL("/a/b") && !isURL("a b") && !isURL("../a")',
  'isIP("1.2.3.4") && isIP("::1") && !isIP("1.2.3") && !isIP("::ffff:1.2.3.4")',
  'ip("127.0.0.1").isLoopback() && ip("10.0.0.1").isGlobalUnicast() && !ip("127.0.0.1").isGlobalUnicast()',
  'ip.isCanonical("::1") && !ip.isCanonical("0:0:0:0:0:0:0:1")',
  'ip("::1").family() == 6 && ip("0.0.0.0").isUnspecified()',
  'cidr("10.0.0.0/8").containsIP("10.1.2.3") && !cidr("10.0.0.0/8").containsIP("11.1.2.3")',
  'cidr("10.0.0.0/8").containsCIDR("10.1.0.0/16") && !cidr("10.1.0.0/16").containsCIDR("10.0.0.0/8")',
  'string(cidr("10.1.2.3/8").masked()) == "10.0.0.0/8" && cidr("10.0.0.0/8").prefixLength() == 8',
  '!isCIDR("10.0.0.0/33")',
  'format.dns1123Label().validate("A").hasValue() && !format.dns1123Label().validate(self.name).hasValue()',
  'format.named("uuid").hasValue() && !format.named("nothing").hasValue()',
  'duration(self.time) > duration("1m")',
  'self.?missing.orValue("x") == "x"',
  'self.n > 1.5 && self.map.all(key, self.map[key] > 0)',
])('%s', text => expect(evaluate(text)).toBe(true));

describe('what cannot be compiled', () => {
  const schema = {
    type: 'object',
    properties: {
      size: { type: 'integer' },
      'a-b': { type: 'string' },
      tags: { type: 'object', additionalProperties: { type: 'object', properties: { x: { type: 'string' } } } },
      parts: { type: 'array', items: { type: 'object', properties: { name: { type: 'string' } } } },
      free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    },
  };
  it.each([
    ['self.size >', /^compilation failed: ERROR: <input>:1:/],
    ['size > 1', "compilation failed: ERROR: <input>:1:1: undeclared reference to 'size' (in container '')\n | size > 1\n | ^"],
    ['self.siz > 1', "compilation failed: ERROR: <input>:1:5: undefined field 'siz'\n | self.siz > 1\n | ....^"],
    ["self.size > 'a'", "compilation failed: ERROR: <input>:1:11: found no matching overload for '_>_' applied to '(int, string)'\n | self.size > 'a'\n | ..........^"],
    ["self.parts.exists(p, p.name == 1)", /applied to '\(string, int\)'/],
    ['self.parts.all(part, part.nam != "")', /undefined field 'nam'/],
    ['self.parts.filter(p, p.name != "").exists(p, p.nam == "")', /undefined field 'nam'/],
    ['has(self.siz)', /undefined field 'siz'/],
    ['self.tags["k"].y == ""', /undefined field 'y'/],
    ['cel.bind(p, self.parts[0], p.nam == "")', /undefined field 'nam'/],
    ['self.size.x == 1', /type 'int' does not support field selection/],
    ['self.size + 1', 'must evaluate to a bool'],
    ['self.size.nothing()', /^compilation failed: /],
  ])('%s', (text, expected) => {
    const why = whyNot(text, 'bool', schema, true)?.text;
    expect(why).toMatch(expected);
  });
  it.each(['self.size > oldSelf.size', 'self.a__dash__b == ""', 'self.tags.k.x == ""', 'self.free.anything == 1', 'self.parts.map(p, p.name).all(n, n != "")', 'has(self.parts) && size(self.parts) > 0'])('but %s can', text => {
    expect(whyNot(text, 'bool', schema, true)).toBeUndefined();
  });
});

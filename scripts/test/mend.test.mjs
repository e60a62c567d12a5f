import assert from 'node:assert/strict';
import { test } from 'node:test';
import { lastLines, mendFor } from '../lib/mend.mjs';

const rows = [
  ['npm ERR! code ENOSPC', /disk is full/],
  [
    '➤ YN0001: │ RequestError: connect ECONNREFUSED 127.0.0.1:4873',
    /No connection to the package registry https:\/\/registry\.example/,
  ],
  ['npm error code ENOTFOUND', /check the network/],
  ['Error [ERR_SOCKET_CLOSED_BEFORE_CONNECTION]: Socket closed before …', /check the network/],
  ['➤ YN0028: │ The lockfile would have been modified by this install', /yarn\.lock does not match/],
  ['npm error code E401', /refuses this user/],
  ['npm error code E404', /does not have a package/],
  ["Error: EACCES: permission denied, mkdir '/x'", /may not write/],
];

for (const [said, sentence] of rows) {
  test(`one sentence for: ${said}`, () => {
    assert.match(mendFor(said, { registry: 'https://registry.example' }), sentence);
  });
}

test('a cause that is not known has no sentence', () => {
  assert.equal(mendFor('SyntaxError: Unexpected token'), undefined);
});

test('the last lines leave out what is empty at the end', () => {
  assert.equal(lastLines('a\nb\nc\n\n', 2), 'b\nc');
});

import { expect, test } from '@jest/globals';
import { secretsIn } from '../../../../src/cli/secrets/secret-document.ts';

const found = (text: string): readonly string[] => secretsIn(text).map((secret) => secret.reveal());

test('each value of a JSON document is a secret, and what names a thing is none', () => {
  const account = {
    Oracle: {
      class_id: 'com-snaplogic-oracle',
      property_map: {
        info: { label: { value: 'Oracle DB' } },
        settings: { password: { value: 'hunter2!' }, pin: { value: 482913 }, on: { value: true }, short: ['abc'] },
      },
    },
  };
  expect(found(JSON.stringify(account))).toEqual(['hunter2!', '482913']);
});

test('a text that is not JSON is one secret', () => {
  expect(found('user: hunter2!')).toEqual(['user: hunter2!']);
});

import { describe, expect, test } from '@jest/globals';
import { renamed } from '../../../../src/emulators/snaplogic/account-names.ts';

const labelled = (value: string) => ({ property_map: { info: { label: { value } } } });
const using = (account: string) => ({
  snap_map: { snap: { property_map: { account: { account_ref: { value: { label: { value: account } } } } } } },
});
const arrivals = [
  { id: '1', name: 'D001_erp', path: '', type: 'Account', metadata: {}, document: labelled('D001_erp') },
  { id: '2', name: 'load', path: '', type: 'Pipeline', metadata: {}, document: using('D001_erp') },
  { id: '3', name: 'notify', path: '', type: 'Pipeline', metadata: {}, document: using('../../shared/D001_erp') },
] as const;

describe('the label in an account file', () => {
  test('becomes the name of the account, also in pipelines', () => {
    const result = renamed({ arrivals, accounts: { D001_erp: labelled('P001_erp') } });
    expect(result.arrivals.map(({ name }) => name)).toEqual(['P001_erp', 'load', 'notify']);
    expect(result.arrivals[1]!.document).toEqual(using('P001_erp'));
    expect(result.arrivals[2]!.document).toEqual(using('../../shared/D001_erp'));
    expect(result.accounts).toEqual({ P001_erp: labelled('P001_erp') });
  });

  test.each([{}, { D001_erp: {} }, { D001_erp: labelled('D001_erp') }, { load: labelled('x') }])(
    'changes nothing when it is %j',
    (accounts) => {
      expect(renamed({ arrivals, accounts })).toEqual({ arrivals, accounts });
    },
  );
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readStatement } from './read-statement.ts';
import { type StatementFormat, statementFormats } from './statement.ts';

const read = (format: StatementFormat, text: string, currency = 'YER') => readStatement(format, text, currency);

describe('CSV', () => {
  it('is read with quotes, line ends in cells and either kind of amounts', () => {
    const text =
      '\ufeffDate,Amount,Reference,Description\r\n2026-03-01,1500.5,"INV ""7""","two\nlines"\r\n\r\n2026-03-02,-20,,fee\r\n';
    expect(read('csv', text)).toEqual({
      problems: [],
      lines: [
        { position: 2, date: '2026-03-01', minor: 150050n, reference: 'INV "7"', description: 'two\nlines' },
        { position: 5, date: '2026-03-02', minor: -2000n, description: 'fee' },
      ],
    });
    const columns = 'التاريخ;مدين;دائن;id\n2026-03-01;0.00;15;b1\n2026-03-02;20;;b2';
    expect(read('csv', columns).lines).toMatchObject([
      { minor: 1500n, bankId: 'b1' },
      { minor: -2000n, bankId: 'b2' },
    ]);
  });

  it('has every wrong line named', () => {
    const text =
      'date,amount\n2026-02-30,5\n2026-03-01,1.005\n2026-03-01,"1,000"\n2026-03-01\n2026-03-01,0\n2026-03-01,7';
    const { lines, problems } = read('csv', text);
    expect(lines).toHaveLength(1);
    expect(problems.map(({ position, message }) => `${position}: ${message.en}`)).toEqual([
      '2: "2026-02-30" is no date such as 2026-03-15.',
      '3: "1.005" is no amount in YER.',
      '4: "1,000" is no amount in YER.',
      '5: The row has 1 cells, the heading 2.',
      '6: The amount is zero.',
    ]);
    expect(read('csv', 'a,b\n1,2').problems[0]?.message.en).toMatch(/heading/);
    expect(read('csv', '').problems[0]?.message.en).toMatch(/empty/);
    expect(read('csv', 'date,amount\n"2026-03-01,1').problems[0]?.message.en).toMatch(/not closed/);
  });
});

it('JSON Lines take amounts as text only', () => {
  const { lines, problems } = read(
    'jsonl',
    '{"date":"2026-03-01","amount":"12.50","reference":"R1","id":"x"}\n{"date":"2026-03-01","amount":12.5}\nnope\n',
  );
  expect(lines).toMatchObject([{ position: 1, minor: 1250n, reference: 'R1', bankId: 'x' }]);
  expect(problems.map(({ position }) => position)).toEqual([2, 3]);
});

describe('MT940', () => {
  const message = [
    '{1:F01BANKYESAXXXX0000000000}{4:',
    ':20:STMT-1',
    ':25:123456',
    ':28C:00003/001',
    ':60F:C260228YER1000,',
    ':61:2603010301C500,5NTRFINV-7//B-100',
    ':86:Payment of',
    'invoice 7',
    ':61:251231' + '0102D20,NCHGNONREF//B-101',
    ':61:260302RC0,50NMSCX',
    ':62F:C260331YER1480,00',
    '-}',
  ].join('\r\n');

  it('is read with signs, both references, information and balances', () => {
    expect(read('mt940', message)).toEqual({
      problems: [],
      opening: 100000n,
      closing: 148000n,
      lines: [
        {
          position: 6,
          date: '2026-03-01',
          minor: 50050n,
          reference: 'INV-7',
          bankId: 'B-100',
          description: 'Payment of invoice 7',
        },
        // Valued on the last day of a year and booked in the next.
        { position: 9, date: '2026-01-02', minor: -2000n, reference: 'B-101', bankId: 'B-101' },
        { position: 10, date: '2026-03-02', minor: -50n, reference: 'X' },
      ],
    });
  });

  it('refuses another currency and lines it cannot read', () => {
    const { problems } = read('mt940', `${message}\n:61:nonsense`, 'USD');
    expect(problems.map(({ position }) => position).sort((a, b) => a - b)).toEqual([5, 11, 13]);
    expect(read('mt940', 'hello').problems).toHaveLength(1);
  });
});

describe('camt.053', () => {
  const entry = (amount: string, direction: string, more = '') =>
    `<Ntry><Amt Ccy="YER">${amount}</Amt><CdtDbtInd>${direction}</CdtDbtInd><Sts><Cd>BOOK</Cd></Sts>` +
    `<BookgDt><Dt>2026-03-01</Dt></BookgDt>${more}</Ntry>`;
  const balance = (code: string, amount: string) =>
    `<Bal><Tp><CdOrPrtry><Cd>${code}</Cd></CdOrPrtry></Tp><Amt Ccy="YER">${amount}</Amt><CdtDbtInd>DBIT</CdtDbtInd></Bal>`;
  const file = (...entries: string[]) =>
    `<?xml version="1.0"?><d:Document xmlns:d="urn:iso:std:iso:20022:tech:xsd:camt.053.001.08"><d:BkToCstmrStmt><d:Stmt>` +
    `${balance('OPBD', '10.00')}${balance('CLBD', '7.5')}${entries.join('')}</d:Stmt></d:BkToCstmrStmt></d:Document>`;

  it('is read whatever the namespace', () => {
    const details =
      '<AcctSvcrRef>B&amp;1</AcctSvcrRef><NtryDtls><TxDtls><Refs><EndToEndId>NOTPROVIDED</EndToEndId></Refs><RmtInf>' +
      '<Ustrd>for &#1601;</Ustrd><Strd><CdtrRefInf><Ref>INV-9</Ref></CdtrRefInf></Strd></RmtInf></TxDtls></NtryDtls>';
    expect(read('camt053', file(entry('2.50', 'CRDT', details), entry('5', 'DBIT')))).toEqual({
      problems: [],
      opening: -1000n,
      closing: -750n,
      lines: [
        { position: 1, date: '2026-03-01', minor: 250n, bankId: 'B&1', reference: 'INV-9', description: 'for ف' },
        { position: 2, date: '2026-03-01', minor: -500n },
      ],
    });
  });

  const transaction = (amount: string, account: string, more = '') =>
    `<TxDtls><Refs>${more}<EndToEndId>${account}</EndToEndId></Refs>${amount}</TxDtls>`;
  const batch = (...transactions: string[]) =>
    `<NtryRef>N1</NtryRef><AcctSvcrRef>B9</AcctSvcrRef><NtryDtls>${transactions.join('')}</NtryDtls>`;
  const later = (amount: string, direction = 'CRDT') =>
    `<Amt Ccy="YER">${amount}</Amt><CdtDbtInd>${direction}</CdtDbtInd>`;
  const earlier = (amount: string) => `<AmtDtls><TxAmt><Amt Ccy="YER">${amount}</Amt></TxAmt></AmtDtls>`;

  it('a sum booked for several payers is a line for each', () => {
    const own = (id: string) => `<AcctSvcrRef>${id}</AcctSvcrRef>`;
    const { lines, problems } = read(
      'camt053',
      file(
        entry('25', 'CRDT', batch(transaction(later('20'), 'A1', own('T1')), transaction(later('5'), 'A2', own('T2')))),
        entry('8', 'DBIT', batch(transaction(earlier('3'), 'A3'), transaction(earlier('5'), 'NOTPROVIDED'))),
        entry('6', 'CRDT', batch(transaction(later('7'), 'A4'), transaction(later('1', 'DBIT'), 'A5'))),
      ),
    );
    expect(problems).toEqual([]);
    expect(lines.map(({ position, minor, bankId, reference }) => [position, minor, bankId, reference])).toEqual([
      [1, 2000n, 'T1', 'A1'],
      [1, 500n, 'T2', 'A2'],
      [2, -300n, 'B9/1', 'A3'],
      [2, -500n, 'B9/2', 'N1'],
      [3, 700n, 'B9/1', 'A4'],
      [3, -100n, 'B9/2', 'A5'],
    ]);
  });

  it('a sum whose parts are not told, or come to something else, is nobody’s', () => {
    const wholes = [
      batch(transaction('', 'A1'), transaction('', 'A2')),
      batch(transaction(later('20'), 'A1'), transaction(later('4'), 'A2')),
      batch(transaction(later('20').replace('YER', 'USD'), 'A1'), transaction(later('5'), 'A2')),
    ];
    const { lines } = read('camt053', file(...wholes.map((whole) => entry('25', 'CRDT', whole))));
    expect(lines).toEqual(
      [1, 2, 3].map((position) => ({ position, date: '2026-03-01', minor: 2500n, bankId: 'B9', reference: 'N1' })),
    );
  });

  it('leaves pending entries out and names wrong ones', () => {
    const { lines, problems } = read(
      'camt053',
      file(entry('1', 'CRDT').replace('BOOK', 'PDNG'), entry('1', 'UP'), entry('1', 'CRDT').replace('YER', 'USD')),
    );
    expect(lines).toEqual([]);
    expect(problems.map(({ position }) => position)).toEqual([2, 3]);
  });

  it('refuses what is no XML, and document types', () => {
    for (const text of [
      '',
      'x',
      '<a>',
      '<a></b>',
      '<a/><b/>',
      '<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
      '<a>&#x110000;</a>',
    ])
      expect(read('camt053', text).problems, text).toHaveLength(1);
  });
});

it('no text makes a reader throw', () => {
  const piece = fc.constantFrom(
    ':61:',
    ':86:',
    '260301C5,NTRF',
    '\n',
    '"',
    ',',
    '<a>',
    '</a>',
    '<!',
    '&#9;',
    'date,amount',
    '{',
  );
  fc.assert(
    fc.property(
      fc.constantFrom(...statementFormats),
      fc.array(fc.oneof(piece, fc.string()), { maxLength: 20 }),
      (format, parts) => {
        read(format, parts.join(''));
      },
    ),
    { numRuns: 500 },
  );
});

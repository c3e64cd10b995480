/**
 * ISO 20022 bank-to-customer statements (camt.053): `Stmt/Ntry` with amount, credit or debit, booking date and references.
 * All versions share these elements; namespaces are not looked at. What a bank books in one sum for several payers (`NtryDtls/TxDtls`
 * more than once) is a line for each of them: the entry's reference and text are none of a single payer's.
 */
import { type Transaction, transactionsOf } from './camt053-transactions.ts';
import { collect, type LineProblem, problem, type RawLine, readAmount, type Statement } from './statement.ts';
import { elementsAt, readXml, textAt, type XmlElement } from './xml-elements.ts';

export function readCamt053Statement(text: string, currency: string): Statement {
  let root: XmlElement;
  try {
    root = readXml(text);
  } catch (error) {
    const reason = (error as Error).message;
    return { lines: [], problems: [problem(1, `The file is no XML: ${reason}`, `الملف ليس XML: ${reason}`)] };
  }
  const statements = elementsAt(root, 'BkToCstmrStmt.Stmt');
  if (statements.length === 0)
    return { lines: [], problems: [problem(1, 'There is no statement in the file.', 'لا يوجد كشف في الملف.')] };
  const entries = statements.flatMap((statement) => elementsAt(statement, 'Ntry'));
  const raws = entries.flatMap((entry, i) => readEntry(entry, i + 1, currency));
  const [opening, closing] = [
    balanceOf(statements[0]!, currency, 'OPBD'),
    balanceOf(statements.at(-1)!, currency, 'CLBD'),
  ];
  return { ...collect(raws, currency), opening, closing };
}

function readEntry(entry: XmlElement, position: number, currency: string): (RawLine | LineProblem)[] {
  const amount = elementsAt(entry, 'Amt')[0];
  // Pending entries come again once they are booked. Later versions put the code into an element of its own.
  const status = textAt(entry, 'Sts.Cd') ?? textAt(entry, 'Sts');
  if (status === 'PDNG' || status === 'INFO') return [];
  if (amount !== undefined && amount.attributes['Ccy'] !== currency) {
    const code = amount.attributes['Ccy'];
    return [problem(position, `The entry is in ${code}, not in ${currency}.`, `القيد بعملة ${code} لا ${currency}.`)];
  }
  const direction = textAt(entry, 'CdtDbtInd');
  if (direction !== 'CRDT' && direction !== 'DBIT')
    return [problem(position, 'The entry is neither credit nor debit.', 'القيد ليس دائنًا ولا مدينًا.')];
  const date = textAt(entry, 'BookgDt.Dt') ?? textAt(entry, 'BookgDt.DtTm') ?? textAt(entry, 'ValDt.Dt');
  const bankId = textAt(entry, 'AcctSvcrRef');
  const booked = {
    amount: `${direction === 'DBIT' ? '-' : ''}${amount?.text.trim() ?? ''}`,
    bankId,
    direction,
    currency,
  };
  const lineOf = (one: Transaction): RawLine => ({
    ...one,
    position,
    date: date?.slice(0, 10),
    reference: one.reference ?? textAt(entry, 'NtryRef'),
    description: one.description ?? textAt(entry, 'AddtlNtryInf'),
  });
  const { whole, parts } = transactionsOf(entry, booked);
  return parts === undefined ? [lineOf(whole)] : parts.map((one) => ({ ...lineOf(one), bookedAs: lineOf(whole) }));
}

/** @param code OPBD opening booked, CLBD closing booked */
function balanceOf(statement: XmlElement, currency: string, code: string): bigint | undefined {
  const balance = elementsAt(statement, 'Bal').find((one) => textAt(one, 'Tp.CdOrPrtry.Cd') === code);
  const amount = balance && elementsAt(balance, 'Amt')[0];
  if (balance === undefined || amount === undefined || amount.attributes['Ccy'] !== currency) return undefined;
  const minor = readAmount(amount.text, currency);
  return minor !== undefined && textAt(balance, 'CdtDbtInd') === 'DBIT' ? -minor : minor;
}

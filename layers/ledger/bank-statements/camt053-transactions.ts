/**
 * The transactions of a camt.053 entry. Banks book instant and direct credits in one sum a day (batch booking); each `TxDtls` then has
 * the amount and the words of one payer, and the money of all of them must not become that of the first.
 */
import { type RawLine, readAmount } from './statement.ts';
import { elementsAt, textAt, type XmlElement } from './xml-elements.ts';

interface Booked {
  /** Decimal text, money out below zero. */
  amount: string;
  bankId: string | undefined;
  direction: string;
  currency: string;
}

export type Transaction = Pick<RawLine, 'amount' | 'bankId' | 'reference' | 'description'>;

/**
 * The entry as it is, in the words of its first payer where there is one alone or it is in parts (so it was taken once), and in
 * nobody's else; and its parts, one for each payer, where the amounts of all are told and come to what was booked.
 */
export function transactionsOf(entry: XmlElement, booked: Booked): { whole: Transaction; parts?: Transaction[] } {
  const details = elementsAt(entry, 'NtryDtls.TxDtls');
  const { amount, bankId, currency } = booked;
  const whole = { amount, bankId, ...(details[0] && wordsOf(details[0])) };
  if (details.length < 2) return { whole };
  const amounts = details.map((one) => amountIn(one, booked));
  const sum = amounts.reduce<bigint | undefined>((so, text) => {
    const minor = text === undefined ? undefined : readAmount(text, currency);
    return so === undefined || minor === undefined ? undefined : so + minor;
  }, 0n);
  if (sum === undefined || sum !== readAmount(amount, currency)) return { whole: { amount, bankId } };
  const ids = idsOf(details, bankId);
  const parts = details.map((one, i) => ({ amount: amounts[i], bankId: ids[i], ...wordsOf(one) }));
  return { whole, parts };
}

/** Later versions have amount and direction in the transaction, version 02 the amount below `AmtDtls` and the entry's direction. */
function amountIn(transaction: XmlElement, { direction, currency }: Booked): string | undefined {
  const found = elementsAt(transaction, 'Amt')[0] ?? elementsAt(transaction, 'AmtDtls.TxAmt.Amt')[0];
  if (found === undefined || found.attributes['Ccy'] !== currency) return undefined;
  const own = textAt(transaction, 'CdtDbtInd') ?? direction;
  return `${own === 'DBIT' ? '-' : ''}${found.text.trim()}`;
}

/** The bank's own where each has one; else the entry's and a number, which a file that is sent again has again. */
function idsOf(transactions: readonly XmlElement[], bankId: string | undefined): (string | undefined)[] {
  const own = transactions.map((one) => textAt(one, 'Refs.AcctSvcrRef'));
  if (!own.includes(undefined) && new Set(own).size === own.length) return own;
  return own.map((_, i) => (bankId === undefined ? undefined : `${bankId}/${i + 1}`));
}

function wordsOf(transaction: XmlElement): Pick<Transaction, 'reference' | 'description'> {
  const endToEnd = textAt(transaction, 'Refs.EndToEndId');
  const unstructured = elementsAt(transaction, 'RmtInf.Ustrd').map((one) => one.text.trim());
  return {
    reference: textAt(transaction, 'RmtInf.Strd.CdtrRefInf.Ref') ?? (endToEnd === 'NOTPROVIDED' ? undefined : endToEnd),
    description: unstructured.join(' ') || undefined,
  };
}

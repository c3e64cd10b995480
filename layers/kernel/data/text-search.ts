/**
 * Finding rows by what is written in them. DynamoDB compares letters as they are, so an entity's `searchText` is kept folded
 * (`fold-text.ts`) in an attribute beside the row, and what is looked for is folded, too. A search reads the rows of its list: up to
 * some ten thousands that is what it should cost, a megabyte of them is 128 read units.
 */
import type { AnyOf, FilterTerm } from './expressions.ts';
import { foldText } from './fold-text.ts';

export const foldedAttribute = '_folded';

/** DynamoDB takes expressions of up to 4 KB: words beyond these are looked for as they stand together. */
const maxWords = 8;

export const foldedTexts = (texts: readonly (string | undefined)[]): string =>
  texts.map((text) => (text === undefined ? '' : foldText(text))).join(' ');

/** What the search looks for, in any order; something without a letter or digit is looked for as it is. */
function wordsOf(search: string): string[] {
  const words = foldText(search).split(' ');
  const all = [...words.slice(0, maxWords - 1), words.slice(maxWords - 1).join(' ')].filter((word) => word !== '');
  return all.length === 0 ? [search] : all;
}

/**
 * Terms for a list of an entity with `searchText`: every word is a part of it.
 * @param otherwise a row is also found where one of these holds, such as that an e-mail begins so
 */
export const saysAll = (search: string, otherwise: readonly FilterTerm[]): AnyOf[] =>
  wordsOf(search).map((value) => ({
    anyOf: [{ attribute: foldedAttribute, operator: 'contains', value }, ...otherwise],
  }));

/** The same of texts that are at hand. */
export function isSaid(search: string, texts: readonly (string | undefined)[]): boolean {
  const said = foldedTexts(texts);
  return wordsOf(search).every((word) => said.includes(word));
}

/** What every document has in common: the utility at its head, facts about the customer, its foot and page numbers. */
import { type DisplayStyle, displayCode, inDigits } from '../../../layers/documents/display.ts';
import { isDrawable } from '../../../layers/documents/image-check.ts';
import { PageCanvas } from '../../../layers/documents/page-canvas.ts';
import { PageFlow } from '../../../layers/documents/page-flow.ts';
import { word } from './labels.ts';

export interface Letterhead {
  utility: string;
  /** PNG or JPEG. */
  logo?: Buffer | undefined;
  footer?: string | undefined;
}

export interface DocumentParty {
  name: string;
  accountNumber: string;
  address?: string | undefined;
  taxNumber?: string | undefined;
}

export interface FrameOptions {
  letterhead: Letterhead;
  style: DisplayStyle;
  title: string;
  number: string;
  /** Moment the document stands for, ISO 8601: written into the file, so that it does not depend on when it is made. */
  made: string;
  /** Lays the paper on its side. */
  isWide?: boolean;
}

const logoSize = 46;
const footerStyle = { size: 7.5, color: '#5b6470' } as const;

/** Says of a second print that it is one, so that it passes for no other payment. */
export function writeCopyMark(flow: PageFlow, print: number, style: DisplayStyle): void {
  if (print < 2) return;
  const mark = word('copy', style.language).replace('{number}', inDigits(String(print), style));
  flow.line(mark, { font: 'bold', size: 14, color: '#a01818' });
}

/** Opens a document. @returns the flow to write into, and what closes it */
export function openDocument({ letterhead, style, title, number, made, isWide }: FrameOptions): {
  flow: PageFlow;
  finish: () => Promise<Buffer>;
} {
  const direction = style.language === 'ar' ? 'rtl' : 'ltr';
  const shownNumber = displayCode(number, style);
  const canvas = new PageCanvas({
    direction,
    title: `${title} ${number}`,
    language: style.language,
    made: new Date(made),
    isWide,
  });
  const { contentWidth, paper } = canvas;
  const footerWidth = contentWidth - 100;
  const { utility, footer } = letterhead;
  const footerHeight =
    10 + (footer === undefined ? 0 : Math.max(24, canvas.heightOf(footer, footerWidth, { size: footerStyle.size })));
  const onNewPage = (page: PageFlow): void => {
    // The head of the first page says it once.
    const head = { size: 8, color: '#5b6470', role: 'artifact' } as const;
    page.space(canvas.text(`${utility} · ${title} ${shownNumber}`, 0, page.top, contentWidth, head) + 3);
    canvas.rule(0, page.top - 2, contentWidth);
    page.space(6);
  };
  const flow = new PageFlow(canvas, onNewPage, footerHeight + 12);
  writeHead(flow, letterhead, title, shownNumber);
  return {
    flow,
    finish: () =>
      canvas.finish((page, pages) => {
        const top = paper.height - paper.margin - footerHeight;
        canvas.rule(0, top, contentWidth);
        const numbers = word('page', style.language).replace('{page}', String(page)).replace('{pages}', String(pages));
        const numberStyle = { ...footerStyle, align: 'end', role: 'artifact' } as const;
        canvas.text(inDigits(numbers, style), contentWidth - 90, top + 4, 90, numberStyle);
        // Read out once.
        const role = page === pages ? 'P' : 'artifact';
        if (footer !== undefined) canvas.text(footer, 0, top + 4, footerWidth, { ...footerStyle, role });
      }),
  };
}

function writeHead(flow: PageFlow, { logo, utility }: Letterhead, title: string, number: string): void {
  const { canvas } = flow;
  let start = 0;
  // Paper without a picture is better than no bill.
  if (logo !== undefined && isDrawable(logo)) {
    canvas.image(logo, 0, flow.top, logoSize, logoSize);
    start = logoSize + 10;
  }
  const { contentWidth } = canvas;
  const half = contentWidth / 2;
  const name = { font: 'bold', size: 14, color: '#0b4a6f' } as const;
  // A long name takes more lines, and what follows makes room.
  const nameHeight = canvas.text(utility, start, flow.top + 2, half - start - 10, name) + 2;
  const titleHeight = canvas.text(title, half, flow.top, half, { font: 'bold', size: 13, align: 'end', role: 'H1' });
  const numberTop = flow.top + titleHeight + 2;
  const numberHeight = canvas.text(number, half, numberTop, half, { size: 9, align: 'end', color: '#5b6470' });
  flow.space(Math.max(logoSize, nameHeight, titleHeight + numberHeight + 2) + 4);
  canvas.rule(0, flow.top, contentWidth, { color: '#0b4a6f', thickness: 1.4 });
  flow.space(8);
}

export const partyFacts = (
  { name, accountNumber, address, taxNumber }: DocumentParty,
  style: DisplayStyle,
): [string, string][] => [
  [word('customer', style.language), name],
  [word('account', style.language), displayCode(accountNumber, style)],
  ...(address === undefined ? [] : [[word('address', style.language), address] as [string, string]]),
  ...(taxNumber === undefined
    ? []
    : [[word('taxNumber', style.language), displayCode(taxNumber, style)] as [string, string]]),
];

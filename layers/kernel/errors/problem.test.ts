import { describe, expect, it } from 'vitest';
import { AppError } from './app-error.ts';
import { type ErrorCode, errorStatus } from './error-codes.ts';
import { toProblem } from './problem.ts';

const codes = Object.keys(errorStatus) as ErrorCode[];
const texts = { en: 'Who asked for it cannot approve it.', ar: 'لا يوافق على الطلب من قدّمه.' };

describe('a problem', () => {
  it('says what exactly is wrong in the language of the reader', () => {
    const error = new AppError('conflict', undefined, { texts: { en: 'Period 3 is closed.', ar: 'الفترة 3 مقفلة.' } });
    expect(error.message).toBe('Period 3 is closed.');
    expect(toProblem(error, 'ar', 'c').problem).toMatchObject({ code: 'conflict', detail: 'الفترة 3 مقفلة.' });
    expect(toProblem(error, 'en', 'c').problem).toMatchObject({ detail: 'Period 3 is closed.' });
  });

  it('shows people what exactly is wrong, under a title that is the code’s', () => {
    const closed = new AppError('conflict', undefined, { texts });
    expect(toProblem(closed, 'ar', 'c').problem.message).toBe(texts.ar);
    expect(toProblem(closed, 'ar', 'c').problem.title).not.toBe(texts.ar);
    // The words of this code want a value, which such an error has not.
    const forbidden = toProblem(new AppError('forbidden', undefined, { texts }), 'ar', 'c').problem;
    expect(forbidden).toMatchObject({ message: texts.ar, detail: texts.ar });
    expect(forbidden.title).toBe('ليس مسموحًا لك بهذا.');
  });

  it.each(codes)(
    'of the code %s is in the language of the reader, and says nothing that was meant for the log from 500 on',
    (code) => {
      for (const error of [
        new AppError(code),
        new AppError(code, 'Table x burns.'),
        new AppError(code, 'Table x burns.', { texts }),
      ]) {
        const { title, message, detail, status } = toProblem(error, 'ar', 'c').problem;
        expect(`${title} ${message}`).not.toMatch(/burns|…|\{/);
        for (const text of [title, message]) expect(text).toMatch(/\p{Script=Arabic}/u);
        if (status >= 500) expect(detail).toBe(message);
        const english = toProblem(error, 'en', 'c').problem;
        expect(english.title).toMatch(/^[A-Z].*\.$/);
        if (status >= 500) expect(JSON.stringify(english)).not.toContain('burns');
      }
    },
  );

  it('keeps what went wrong inside to itself', () => {
    const error = new AppError('internal', undefined, { texts: { en: 'Table x burns.', ar: 'الجدول يحترق.' } });
    expect(JSON.stringify(toProblem(error, 'en', 'c').problem)).not.toContain('burns');
  });
});

import { describe, expect, it } from 'vitest';
import { AppError } from './app-error.ts';
import { toProblem } from './problem.ts';

describe('a problem', () => {
  it('says what exactly is wrong in the language of the reader', () => {
    const error = new AppError('conflict', undefined, { texts: { en: 'Period 3 is closed.', ar: 'الفترة 3 مقفلة.' } });
    expect(error.message).toBe('Period 3 is closed.');
    expect(toProblem(error, 'ar', 'c').problem).toMatchObject({ code: 'conflict', detail: 'الفترة 3 مقفلة.' });
    expect(toProblem(error, 'en', 'c').problem).toMatchObject({ detail: 'Period 3 is closed.' });
  });

  it('shows people what exactly is wrong, under a title that is the code’s', () => {
    const texts = { en: 'Who asked for it cannot approve it.', ar: 'لا يوافق على الطلب من قدّمه.' };
    const closed = new AppError('conflict', undefined, { texts });
    expect(toProblem(closed, 'ar', 'c').problem.message).toBe(texts.ar);
    expect(toProblem(closed, 'ar', 'c').problem.title).not.toBe(texts.ar);
    // The words of these codes want a value, which such an error has not.
    const forbidden = toProblem(new AppError('forbidden', undefined, { texts }), 'ar', 'c').problem;
    expect(forbidden).toMatchObject({ title: texts.ar, message: texts.ar, detail: texts.ar });
  });

  it('keeps what went wrong inside to itself', () => {
    const error = new AppError('internal', undefined, { texts: { en: 'Table x burns.', ar: 'الجدول يحترق.' } });
    expect(JSON.stringify(toProblem(error, 'en', 'c').problem)).not.toContain('burns');
  });
});

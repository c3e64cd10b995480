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

  it('keeps what went wrong inside to itself', () => {
    const error = new AppError('internal', undefined, { texts: { en: 'Table x burns.', ar: 'الجدول يحترق.' } });
    expect(JSON.stringify(toProblem(error, 'en', 'c').problem)).not.toContain('burns');
  });
});

import { expect, it } from 'vitest';
import { rememberShaping } from './remember-shaping.ts';

it('a text is shaped once for its features, and who scales what was placed scales nobody else’s', () => {
  const shaped: string[] = [];
  const place = () => ({ xAdvance: 2, yAdvance: 0, xOffset: 1, yOffset: 0 });
  const font = {
    layout(text: string, features: readonly string[] = []) {
      shaped.push(`${features.join()} ${text}`);
      const positions = [...text].map(place);
      return { glyphs: [...text], positions, advanceWidth: 0 };
    },
  };
  rememberShaping(font);
  const first = font.layout('ab', ['kern']);
  for (const position of first.positions) position.xAdvance *= 5;
  expect(first.advanceWidth).toBe(20);
  const second = font.layout('ab', ['kern']);
  expect(second).toMatchObject({ glyphs: ['a', 'b'], positions: [place(), place()], advanceWidth: 4 });
  font.layout('ab');
  expect(shaped).toEqual(['kern ab', ' ab']);
});

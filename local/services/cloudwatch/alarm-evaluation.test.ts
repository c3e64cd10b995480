/** The tables of "Configuring how CloudWatch alarms treat missing data": 0 is within, X beyond, - missing. */
import { describe, expect, it } from 'vitest';
import { decide } from './alarm-evaluation.ts';

const POINTS: Record<string, number | undefined> = { '0': 0, X: 9, '-': undefined };

function stateOf(points: string, treatMissingData: string, datapointsToAlarm: number): string {
  const range = points
    .split(' ')
    .reverse()
    .map((point) => POINTS[point]);
  const alarm = {
    evaluationPeriods: 3,
    datapointsToAlarm,
    treatMissingData,
    threshold: 5,
    comparison: (value: number) => value > 5,
  };
  return decide(alarm, 'INSUFFICIENT_DATA', range).state;
}
const retained = 'INSUFFICIENT_DATA';

describe.each<[number, string, string, string, string, string]>([
  [3, '0 - X - X', 'OK', 'OK', 'OK', 'OK'],
  [3, '- - - - 0', 'OK', 'OK', 'OK', 'OK'],
  [3, '- - - - -', 'INSUFFICIENT_DATA', retained, 'ALARM', 'OK'],
  [3, '0 X X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  [3, '- - X - -', 'ALARM', retained, 'ALARM', 'OK'],
  [2, '0 - X - X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  [2, '0 0 X 0 X', 'ALARM', 'ALARM', 'ALARM', 'ALARM'],
  [2, '0 - X - -', 'OK', 'OK', 'ALARM', 'OK'],
  [2, '- - - - 0', 'OK', 'OK', 'ALARM', 'OK'],
  [2, '- - - X -', 'ALARM', retained, 'ALARM', 'OK'],
])('%i of 3, %s', (datapointsToAlarm, points, missing, ignore, breaching, notBreaching) => {
  it.each([
    ['missing', missing],
    ['ignore', ignore],
    ['breaching', breaching],
    ['notBreaching', notBreaching],
  ])('%s gives %s', (treatMissingData, expected) => {
    expect(stateOf(points, treatMissingData, datapointsToAlarm)).toBe(expected);
  });
});

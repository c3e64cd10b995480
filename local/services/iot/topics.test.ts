/** @see https://docs.aws.amazon.com/general/latest/gr/iot-core.html#limits_iot */
import { describe, expect, it } from 'vitest';
import { basicIngest, topicLimitProblem, topicMatcher } from './topics.ts';

describe('topicMatcher', () => {
  it.each([
    ['topic/#', 'topic', true],
    ['topic/#', 'topic/a/b', true],
    ['topic/#', 'topic-2/a', false],
    ['topic/+', 'topic/a', true],
    ['topic/+', 'topic/a/b', false],
    ['+/+/x', '/a/x', true],
    ['#', '$aws/events/presence/connected/a', false],
    ['$aws/events/presence/connected/+', '$aws/events/presence/connected/a', true],
    ['a/b', 'a/B', false],
  ])('%s on %s is %s', (filter, topic, expected) => {
    expect(topicMatcher(filter)(topic)).toBe(expected);
  });
});

describe('topicLimitProblem', () => {
  it('allows 256 bytes and 7 slashes, not counting the Basic Ingest prefix', () => {
    expect(topicLimitProblem('é'.repeat(128))).toBeUndefined();
    expect(topicLimitProblem('é'.repeat(129))).toContain('256 bytes');
    expect(topicLimitProblem('1/2/3/4/5/6/7/8')).toBeUndefined();
    expect(topicLimitProblem('1/2/3/4/5/6/7/8/9')).toContain('7 slashes');
    expect(topicLimitProblem('$aws/rules/rule/1/2/3/4/5/6/7/8')).toBeUndefined();
  });
});

describe('basicIngest', () => {
  it('takes the prefix off', () => {
    expect(basicIngest('$aws/rules/BuildingManager/Buildings/Building5')).toEqual({
      ruleName: 'BuildingManager',
      topic: 'Buildings/Building5',
    });
    expect(basicIngest('$aws/rules/BuildingManager')).toBeUndefined();
    expect(basicIngest('Buildings/Building5')).toBeUndefined();
  });
});

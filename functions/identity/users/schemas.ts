/** What is sent to create and change users. */
import * as z from 'zod/mini';
import { fieldMessage } from '../../../layers/kernel/i18n/field-message.ts';
import { label } from '../../../layers/kernel/schema/common.ts';
import { chosenPassword } from './password-fields.ts';

/** As it is stored: with its country. */
const phoneNumber = () =>
  z
    .string()
    .check(
      z.trim(),
      z.regex(
        /^\+[1-9]\d{6,14}$/,
        fieldMessage(
          'Write the phone with its country, e.g. +967771234567.',
          'اكتب الهاتف مع رمز البلد، مثل ‎+967771234567.',
        ),
      ),
    );

const username = () =>
  z
    .string()
    .check(
      z.trim(),
      z.regex(
        /^[A-Za-z][A-Za-z0-9._-]{2,39}$/,
        fieldMessage(
          'Use 3 to 40 letters, digits, ".", "_" or "-", a letter first.',
          'استخدم من 3 إلى 40 من الحروف اللاتينية والأرقام و"." و"_" و"-"، مبتدئًا بحرف.',
        ),
      ),
    );

/** Roles and workspaces are names or ids; whether they exist is checked against the tenant. */
const names = (maximum: number) =>
  z.array(z.string().check(z.minLength(1), z.maxLength(64))).check(
    z.maxLength(maximum),
    z.refine((list: string[]) => new Set(list).size === list.length, fieldMessage('The same twice.', 'عنصر مكرر.')),
  );
export const roleNames = () => names(10);
export const workspaceIds = () => names(50);

const profile = {
  email: z.optional(z.string().check(z.trim(), z.email(), z.maxLength(254))),
  phone: z.optional(phoneNumber()),
  username: z.optional(username()),
  name: z.optional(label()),
  firstName: z.optional(label(100)),
  lastName: z.optional(label(100)),
  position: z.optional(label(100)),
  age: z.optional(z.int().check(z.gte(0), z.lte(150))),
  address: z.optional(label(500)),
  avatar: z.optional(z.url().check(z.maxLength(1000))),
  locale: z.optional(z.enum(['en', 'ar', 'fa', 'ru'])),
};

export const createUserBody = z
  .object({
    ...profile,
    /** Without one the user is invited by e-mail and waits until the invitation is accepted. */
    password: z.optional(chosenPassword()),
    roles: z._default(roleNames(), ['EMPLOYEE']),
    workspaces: z._default(workspaceIds(), []),
  })
  .check(
    z.refine(
      ({ email, phone }) => email !== undefined || phone !== undefined,
      fieldMessage('Give an e-mail or a phone.', 'أعطِ بريدًا إلكترونيًا أو هاتفًا.'),
    ),
    z.refine(
      ({ name, firstName }) => name !== undefined || firstName !== undefined,
      fieldMessage('Give a name.', 'أعطِ اسمًا.'),
    ),
    z.refine(
      ({ password, email }) => password !== undefined || email !== undefined,
      fieldMessage(
        'An invitation needs an e-mail; without one, give a password.',
        'الدعوة تحتاج بريدًا إلكترونيًا، وإلا فأعطِ كلمة مرور.',
      ),
    ),
  );

/** Fields left out stay as they are; `null` removes one that may be missing. */
export const updateUserBody = z.object({
  ...profile,
  email: z.optional(z.nullable(z.string().check(z.trim(), z.email(), z.maxLength(254)))),
  phone: z.optional(z.nullable(phoneNumber())),
  username: z.optional(z.nullable(username())),
  firstName: z.optional(z.nullable(label(100))),
  lastName: z.optional(z.nullable(label(100))),
  position: z.optional(z.nullable(label(100))),
  age: z.optional(z.nullable(z.int().check(z.gte(0), z.lte(150)))),
  address: z.optional(z.nullable(label(500))),
  avatar: z.optional(z.nullable(z.url().check(z.maxLength(1000)))),
});

/** Kuraimi by configuration. */
import { configuredPayment } from '../configured/configured-payment.ts';
import { kuraimiAbout } from './about.ts';

export const kuraimi = configuredPayment(kuraimiAbout);

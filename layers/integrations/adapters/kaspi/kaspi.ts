/** Kaspi by configuration. */
import { configuredPayment } from '../configured/configured-payment.ts';
import { kaspiAbout } from './about.ts';

export const kaspi = configuredPayment(kaspiAbout);

/** Jawali by configuration. */
import { configuredPayment } from '../configured/configured-payment.ts';
import { jawaliAbout } from './about.ts';

export const jawali = configuredPayment(jawaliAbout);

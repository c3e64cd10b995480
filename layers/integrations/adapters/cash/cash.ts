/** Cash by configuration. */
import { configuredPayment } from '../configured/configured-payment.ts';
import { cashAbout } from './about.ts';

export const cash = configuredPayment(cashAbout);

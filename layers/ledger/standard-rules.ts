/**
 * Posting rules a utility starts from. They name accounts by role, so they fit every chart, and are a tenant's own data
 * once loaded. The payload fields they read are listed in the ledger's README.
 */
import type { PostingRule, RuleCondition, RuleLine } from './posting-rule.ts';

export interface StandardRule extends PostingRule {
  name: string;
  nameAr: string;
}

const line = (side: RuleLine['side'], role: string, amountPaths: string[], more: Partial<RuleLine> = {}): RuleLine => ({
  side,
  role,
  amountPaths,
  ...more,
});

const customer = { customer: 'customerId' };
const isCash = [{ path: 'method', operator: '=' as const, value: 'cash' }];
const isBank = [{ path: 'method', operator: '=' as const, value: 'bank_transfer' }];
const isGateway = [
  { path: 'method', operator: '<>' as const, value: 'cash' },
  { path: 'method', operator: '<>' as const, value: 'bank_transfer' },
];
const isPrepaid = [{ path: 'purpose', operator: '=' as const, value: 'prepaid' }];
const isDeposit = [{ path: 'purpose', operator: '=' as const, value: 'deposit' }];
const isDebt = [
  { path: 'purpose', operator: '<>' as const, value: 'prepaid' },
  { path: 'purpose', operator: '<>' as const, value: 'deposit' },
];

/** Where money comes in or goes out, by the method of the payment. */
const moneyLines = (side: RuleLine['side']): RuleLine[] => [
  line(side, 'cash', ['amount'], { when: isCash }),
  line(side, 'bank', ['amount'], { when: isBank }),
  line(side, 'gateway-clearing', ['amount'], { when: isGateway }),
];

/** What a customer's money is for. */
const purposeLines = (side: RuleLine['side']): RuleLine[] => [
  line(side, 'prepaid-energy', ['amount'], { when: isPrepaid, dimensions: customer }),
  line(side, 'deposits', ['amount'], { when: isDeposit, dimensions: customer }),
  line(side, 'receivables', ['amount'], { when: isDebt, dimensions: customer }),
];

const isPayIn = { path: 'type', operator: '=' as const, value: 'pay_in' };
const isPayOut = { path: 'type', operator: '=' as const, value: 'pay_out' };

/** Where cash of a till comes from or goes to beside payments; what is on its way is cleared when it arrives. */
const counterpartLines = (side: RuleLine['side'], type: RuleCondition): RuleLine[] => [
  line(side, 'cash-in-transit', ['amount'], {
    when: [type, { path: 'counterpart', operator: 'in', value: 'safe,bank' }],
  }),
  line(side, 'suspense', ['amount'], { when: [type, { path: 'counterpart', operator: '=', value: 'other' }] }),
];

/** Sales of energy have an account for each type of customer, where the settings name one; the others share the role's own. */
const byType = { roleBy: 'customerType' };

const invoiceLines = (owed: RuleLine['side'], earned: RuleLine['side']): RuleLine[] => [
  line(owed, 'receivables', ['totalAmount'], { dimensions: customer }),
  line(earned, 'energy-revenue', ['totalAmount', '-taxAmount', '-fixedCharges', '-lateFees'], byType),
  line(earned, 'fixed-charges', ['fixedCharges'], { when: [{ path: 'fixedCharges', operator: 'exists' }] }),
  line(earned, 'late-fees', ['lateFees'], { when: [{ path: 'lateFees', operator: 'exists' }] }),
  line(earned, 'output-tax', ['taxAmount'], { when: [{ path: 'taxAmount', operator: 'exists' }] }),
];

/** Free units and engineering tokens move no money. */
const isPaidFor = [{ path: 'paymentId', operator: 'exists' as const }];

/** What a token sold. */
const tokenLines = (side: RuleLine['side']): RuleLine[] => [
  line(side, 'energy-revenue', ['energyAmount'], byType),
  line(side, 'fixed-charges', ['fixedAmount']),
  line(side, 'output-tax', ['taxAmount']),
];

const common = { isActive: true, conditions: [], currencyPath: 'currency', ratePath: 'exchangeRate' };

export const standardRules: readonly StandardRule[] = [
  {
    ...common,
    id: 'invoice-created',
    name: 'Invoice issued',
    nameAr: 'إصدار فاتورة',
    eventType: 'invoice.created',
    journal: 'sales',
    datePath: 'issueDate',
    externalReferencePath: 'invoiceNumber',
    description: 'Invoice {invoiceNumber}',
    descriptionAr: 'فاتورة {invoiceNumber}',
    lines: invoiceLines('debit', 'credit'),
  },
  {
    ...common,
    id: 'invoice-cancelled',
    name: 'Invoice cancelled',
    nameAr: 'إلغاء فاتورة',
    eventType: 'invoice.cancelled',
    journal: 'sales',
    externalReferencePath: 'invoiceNumber',
    description: 'Cancellation of invoice {invoiceNumber}',
    descriptionAr: 'إلغاء فاتورة {invoiceNumber}',
    lines: invoiceLines('credit', 'debit'),
  },
  {
    ...common,
    id: 'payment-received',
    name: 'Payment received',
    nameAr: 'تحصيل دفعة',
    eventType: 'payment.received',
    journal: 'receipts',
    externalReferencePath: 'paymentNumber',
    description: 'Payment {paymentNumber}',
    descriptionAr: 'دفعة {paymentNumber}',
    lines: [...moneyLines('debit'), ...purposeLines('credit')],
  },
  {
    ...common,
    id: 'payment-refunded',
    name: 'Payment refunded',
    nameAr: 'رد دفعة',
    eventType: 'payment.refunded',
    journal: 'payments',
    externalReferencePath: 'paymentNumber',
    description: 'Refund of payment {paymentNumber}',
    descriptionAr: 'رد الدفعة {paymentNumber}',
    lines: [...purposeLines('debit'), ...moneyLines('credit')],
  },
  {
    ...common,
    id: 'payment-reversed',
    name: 'Payment taken back',
    nameAr: 'عكس دفعة',
    eventType: 'payment.reversed',
    journal: 'payments',
    externalReferencePath: 'paymentNumber',
    description: 'Reversal of payment {paymentNumber}: {reason}',
    descriptionAr: 'عكس الدفعة {paymentNumber}: {reason}',
    lines: [...purposeLines('debit'), ...moneyLines('credit')],
  },
  {
    ...common,
    id: 'prepaid-vended',
    name: 'Prepaid energy sold',
    nameAr: 'بيع طاقة مسبقة الدفع',
    eventType: 'prepaid.vended',
    conditions: isPaidFor,
    journal: 'sales',
    externalReferencePath: 'vendId',
    description: 'Token {vendId}',
    descriptionAr: 'رمز شحن {vendId}',
    lines: [
      line('debit', 'prepaid-energy', ['arrearsAmount', 'chargedAmount'], { dimensions: customer }),
      line('credit', 'receivables', ['arrearsAmount'], { dimensions: customer }),
      ...tokenLines('credit'),
    ],
  },
  {
    ...common,
    id: 'prepaid-vend-failed',
    name: 'Prepaid energy not sold',
    nameAr: 'تعذّر بيع طاقة مسبقة الدفع',
    eventType: 'prepaid.vend_failed',
    conditions: isPaidFor,
    journal: 'sales',
    externalReferencePath: 'vendId',
    description: 'Failed token {vendId}: {reason}',
    descriptionAr: 'رمز شحن متعذّر {vendId}: {reason}',
    lines: [
      line('debit', 'prepaid-energy', ['amount'], { dimensions: customer }),
      line('credit', 'receivables', ['amount'], { dimensions: customer }),
    ],
  },
  {
    ...common,
    id: 'prepaid-reversed',
    name: 'Prepaid energy taken back',
    nameAr: 'عكس بيع طاقة مسبقة الدفع',
    eventType: 'prepaid.reversed',
    conditions: isPaidFor,
    journal: 'sales',
    externalReferencePath: 'vendId',
    description: 'Reversal of token {vendId}: {reason}',
    descriptionAr: 'عكس رمز الشحن {vendId}: {reason}',
    lines: [
      ...tokenLines('debit'),
      // What the purchase left over, or had from the one before.
      line('debit', 'prepaid-energy', ['returnedAmount', '-chargedAmount'], { dimensions: customer }),
      line('credit', 'receivables', ['returnedAmount'], { dimensions: customer }),
    ],
  },
  {
    ...common,
    id: 'prepaid-credit-returned',
    name: 'Prepaid credit returned',
    nameAr: 'إرجاع رصيد مسبق الدفع',
    eventType: 'prepaid.credit_returned',
    journal: 'sales',
    externalReferencePath: 'supplyId',
    description: 'Credit of supply {supplyId}, {remainingKwh} kWh',
    descriptionAr: 'رصيد التوريد {supplyId}: {remainingKwh} ك.و.س',
    lines: [
      line('debit', 'energy-revenue', ['energyAmount'], byType),
      line('debit', 'fixed-charges', ['fixedAmount'], { when: [{ path: 'fixedAmount', operator: 'exists' }] }),
      line('debit', 'output-tax', ['taxAmount']),
      line('debit', 'prepaid-energy', ['carriedAmount'], { dimensions: customer }),
      line('credit', 'receivables', ['returnedAmount'], { dimensions: customer }),
    ],
  },
  {
    ...common,
    id: 'bank-line-suspended',
    name: 'Money from nobody known',
    nameAr: 'مبلغ وارد مجهول',
    eventType: 'bank_line.suspended',
    journal: 'receipts',
    datePath: 'date',
    externalReferencePath: 'id',
    description: 'In suspense: {reference} {description}',
    descriptionAr: 'معلق: {reference} {description}',
    lines: [line('debit', 'bank', ['amount']), line('credit', 'suspense', ['amount'])],
  },
  {
    ...common,
    id: 'bank-line-released',
    name: 'Owner of money in suspense found',
    nameAr: 'معرفة صاحب مبلغ معلق',
    eventType: 'bank_line.released',
    journal: 'receipts',
    externalReferencePath: 'id',
    // The payment itself puts it into the bank again.
    description: 'Out of suspense: {reference} {description}',
    descriptionAr: 'إقفال معلق: {reference} {description}',
    lines: [line('debit', 'suspense', ['amount']), line('credit', 'bank', ['amount'])],
  },
  {
    ...common,
    id: 'till-money-moved',
    name: 'Cash put into a till or taken out',
    nameAr: 'إيداع نقد في صندوق أو سحبه',
    eventType: 'cashier_session.money_moved',
    journal: 'receipts',
    externalReferencePath: 'sessionNumber',
    description: 'Till {sessionNumber}: {reason}',
    descriptionAr: 'الصندوق {sessionNumber}: {reason}',
    lines: [
      line('debit', 'cash', ['amount'], { when: [isPayIn] }),
      ...counterpartLines('credit', isPayIn),
      ...counterpartLines('debit', isPayOut),
      line('credit', 'cash', ['amount'], { when: [isPayOut] }),
    ],
  },
  {
    ...common,
    id: 'till-difference',
    name: 'Difference of a till',
    nameAr: 'فرق صندوق',
    eventType: 'cashier_session.difference_found',
    journal: 'receipts',
    externalReferencePath: 'sessionNumber',
    description: 'Difference of till {sessionNumber}: {reason}',
    descriptionAr: 'فرق الصندوق {sessionNumber}: {reason}',
    // What is missing is negative and turns both sides.
    lines: [...moneyLines('debit'), line('credit', 'cash-differences', ['amount'])],
  },
  {
    ...common,
    id: 'payroll-approved',
    name: 'Payroll approved',
    nameAr: 'اعتماد الرواتب',
    eventType: 'payroll.approved',
    journal: 'payroll',
    datePath: 'payDate',
    externalReferencePath: 'payrollNumber',
    description: 'Payroll {payrollNumber}',
    descriptionAr: 'مسير رواتب {payrollNumber}',
    lines: [
      line('debit', 'salaries', ['grossAmount']),
      line('debit', 'social-insurance-expense', ['employerInsurance'], {
        when: [{ path: 'employerInsurance', operator: 'exists' }],
      }),
      line('credit', 'payroll-tax', ['taxAmount'], { when: [{ path: 'taxAmount', operator: 'exists' }] }),
      line('credit', 'social-insurance', ['insuranceAmount', 'employerInsurance'], {
        when: [{ path: 'insuranceAmount', operator: 'exists' }],
      }),
      line('credit', 'salaries-payable', ['netAmount']),
    ],
  },
  {
    ...common,
    id: 'payroll-paid',
    name: 'Payroll paid',
    nameAr: 'صرف الرواتب',
    eventType: 'payroll.paid',
    journal: 'payments',
    externalReferencePath: 'payrollNumber',
    description: 'Payment of payroll {payrollNumber}',
    descriptionAr: 'صرف مسير الرواتب {payrollNumber}',
    lines: [line('debit', 'salaries-payable', ['netAmount']), line('credit', 'bank', ['netAmount'])],
  },
  {
    ...common,
    id: 'inventory-received',
    name: 'Stock received',
    nameAr: 'استلام مواد',
    eventType: 'inventory.received',
    journal: 'inventory',
    externalReferencePath: 'movementNumber',
    description: 'Receipt of stock {movementNumber}',
    descriptionAr: 'استلام مواد {movementNumber}',
    lines: [line('debit', 'materials', ['totalCost']), line('credit', 'goods-received', ['totalCost'])],
  },
  {
    ...common,
    id: 'inventory-issued',
    name: 'Stock issued',
    nameAr: 'صرف مواد',
    eventType: 'inventory.issued',
    journal: 'inventory',
    externalReferencePath: 'movementNumber',
    description: 'Issue of stock {movementNumber}',
    descriptionAr: 'صرف مواد {movementNumber}',
    lines: [
      line('debit', 'materials-used', ['totalCost'], {
        dimensions: { project: 'projectId', workOrder: 'workOrderId' },
      }),
      line('credit', 'materials', ['totalCost']),
    ],
  },
  {
    ...common,
    id: 'inventory-adjusted',
    name: 'Stock adjusted',
    nameAr: 'تسوية مخزون',
    eventType: 'inventory.adjusted',
    journal: 'inventory',
    externalReferencePath: 'movementNumber',
    description: 'Adjustment of stock {movementNumber}',
    descriptionAr: 'تسوية مخزون {movementNumber}',
    // A shortage is negative and turns both sides.
    lines: [line('debit', 'materials', ['totalCost']), line('credit', 'inventory-adjustments', ['totalCost'])],
  },
  {
    ...common,
    id: 'purchase-invoiced',
    name: "Supplier's invoice",
    nameAr: 'فاتورة مورد',
    eventType: 'purchase.invoiced',
    journal: 'purchases',
    datePath: 'invoiceDate',
    externalReferencePath: 'invoiceNumber',
    description: "Supplier's invoice {invoiceNumber}",
    descriptionAr: 'فاتورة مورد {invoiceNumber}',
    lines: [
      line('debit', 'goods-received', ['totalAmount', '-taxAmount']),
      line('debit', 'input-tax', ['taxAmount'], { when: [{ path: 'taxAmount', operator: 'exists' }] }),
      line('credit', 'payables', ['totalAmount'], { dimensions: { supplier: 'supplierId' } }),
    ],
  },
  {
    ...common,
    id: 'depreciation-calculated',
    name: 'Depreciation',
    nameAr: 'إهلاك',
    eventType: 'asset.depreciation.calculated',
    journal: 'assets',
    datePath: 'date',
    externalReferencePath: 'assetId',
    description: 'Depreciation {assetId}',
    descriptionAr: 'إهلاك {assetId}',
    lines: [
      line('debit', 'depreciation', ['amount'], { dimensions: { asset: 'assetId' } }),
      line('credit', 'accumulated-depreciation', ['amount'], { dimensions: { asset: 'assetId' } }),
    ],
  },
];

/// How someone pays: the row of `finance.payment_methods`; either an IBAN or a card number is there.
struct PaymentMethod {
    let id: Int
    let customer: Customer
    let iban: String?
    let cardNumber: String?
    /// `MM/YY`, cards only.
    let expires: String?

    static func all(seed: UInt64, customers: [Customer]) -> [PaymentMethod] {
        var dice = Dice(seed: seed, topic: "payment methods")
        return customers.map { customer in
            let iban = Country.coded(customer.country).iban(&dice)
            let paysByCard = iban == nil || dice.chance(percent: 45)
            let card = cardNumber(&dice)
            return PaymentMethod(
                id: 800_000 + customer.id,
                customer: customer,
                iban: paysByCard ? nil : iban,
                cardNumber: paysByCard ? card : nil,
                expires: paysByCard ? "\(dice.roll(1...12).padded(2))/\(dice.roll(27...31))" : nil
            )
        }
    }

    /// Begins like the cards that payment services document for tests; belongs to nobody.
    private static func cardNumber(_ dice: inout Dice) -> String {
        let payload = dice.pick(["40000000", "55555555", "99990000"]) + dice.digits(7)
        return payload + String(CheckDigits.luhn(payload))
    }
}

/// Money that came in: the row of `finance.payments`, one for each order that wasn't cancelled.
struct Payment {
    let id: Int
    let order: Order
    let method: PaymentMethod
    let status: String
    let paidAt: Moment
    /// Eight bytes that the payment service sent back.
    let receipt: UInt64

    static func all(seed: UInt64, orders: [Order], methods: [PaymentMethod]) -> [Payment] {
        var dice = Dice(seed: seed, topic: "payments")
        return orders.filter(\.counts).enumerated().map { index, order in
            Payment(
                id: 900_001 + index,
                order: order,
                method: methods[order.customer.id - 1],
                status: order.status == "returned" ? "refunded" : "paid",
                paidAt: dice.moment(of: order.orderedAt.day + dice.roll(0...3)),
                receipt: dice.next()
            )
        }
    }
}

/// Money that went back by bank transfer: the row of `finance.payouts`, derived from payments and methods.
struct Payout {
    let payment: Payment
    let iban: String

    /// For each refunded payment whose method is a bank account, in the order of payments.
    static func derive(from payments: [Payment]) -> [Payout] {
        payments.compactMap { payment in
            guard payment.status == "refunded", let iban = payment.method.iban else { return nil }
            return Payout(payment: payment, iban: iban)
        }
    }
}

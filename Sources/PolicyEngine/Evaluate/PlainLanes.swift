/// Some questions that are answered side by side, and those who answer them; one for each thread.
///
/// Goes round reference counting: whoever asks holds this, and this holds the evaluators.
final class PlainLanes {
    /// So many that memory is waited for together, and few enough to stay near.
    static let count = 8

    let works = UnsafeMutablePointer<PlainWork>.allocate(capacity: count)
    private let access: PlainEvaluator
    private let dataMask: PlainEvaluator
    private let rowFilter: PlainEvaluator

    /// Makes an evaluator for each kind of policy.
    init(_ evaluator: (PolicyType) -> PlainEvaluator) {
        access = evaluator(.access)
        dataMask = evaluator(.dataMask)
        rowFilter = evaluator(.rowFilter)
        for lane in 0..<PlainLanes.count { (works + lane).initialize(to: PlainWork(PlainScratch())) }
    }

    deinit {
        for lane in 0..<PlainLanes.count { works[lane].scratch.free() }
        works.deallocate()
    }

    func prepare(_ work: UnsafeMutablePointer<PlainWork>, _ type: PolicyType) -> Bool {
        evaluator(type)._withUnsafeGuaranteedRef { $0.prepare(work) }
    }

    func find(_ work: UnsafeMutablePointer<PlainWork>, _ type: PolicyType) {
        evaluator(type)._withUnsafeGuaranteedRef { $0.find(work) }
    }

    func choose(_ work: UnsafeMutablePointer<PlainWork>, _ type: PolicyType) {
        evaluator(type)._withUnsafeGuaranteedRef { $0.choose(work) }
    }

    func finish(_ work: UnsafeMutablePointer<PlainWork>, _ type: PolicyType) -> PlainEvaluator.State? {
        evaluator(type)._withUnsafeGuaranteedRef { $0.finish(work) }
    }

    /// The id of the policy that decided; -1 for none.
    func policyId(of decider: Decider, _ type: PolicyType) -> Int64 {
        evaluator(type)._withUnsafeGuaranteedRef { $0.policyId(of: decider) }
    }

    @inline(__always)
    private func evaluator(_ type: PolicyType) -> Unmanaged<PlainEvaluator> {
        switch type {
        case .access: .passUnretained(access)
        case .dataMask: .passUnretained(dataMask)
        case .rowFilter: .passUnretained(rowFilter)
        }
    }
}

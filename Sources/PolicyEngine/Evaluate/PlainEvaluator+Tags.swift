extension PlainEvaluator {
    /// What policies about the tags of the resource say; false when it takes more than numbers and bytes.
    func evaluateTags(
        _ work: UnsafeMutablePointer<PlainWork>,
        _ tagCount: Int,
        _ layer: UnsafePointer<PlainLayer>,
        _ table: TagPolicyTable.View,
        _ slot: inout AccessSlot,
        _ state: inout State
    ) -> Bool {
        let count = collectPairs(work, tagCount, layer, table)
        guard count >= 0 else { return false }
        let question = UnsafePointer(work.pointee.question)
        for index in 0..<count {
            let pair = work.pointee.scratch.pairs[index]
            let policy = layer.pointee.policies.pointer(pair.policy)
            if policy.pointee.needsMore { return false }
            var sub = state
            if pair.match != .descendant, pair.match != .none {
                audit(policy, &sub)
                if !sub.isDetermined {
                    var found = layer.decide(policy, question, type)
                    let source = work.pointee.scratch.tags[Int(pair.tag)].source
                    settle(&found, pair.policy, policy, .tag, tag: source, &slot, &sub)
                }
            }
            if sub.isAllowed, !policy.pointee.hasDeny { sub.isDetermined = true }
            if sub.isAudited {
                state.isAudited = true
                state.isAuditDetermined = sub.isAuditDetermined
            }
            if !state.isDetermined, sub.isDetermined || !state.isAllowed && sub.isAllowed {
                state.isAllowed = sub.isAllowed
                state.isDetermined = sub.isDetermined
                state.decider = sub.decider
                state.priority = sub.priority
            }
            if state.isDetermined, state.isAuditDetermined { break }
        }
        if state.isAllowed { state.isDetermined = true }
        return true
    }

    /// Puts policies about the tags into the scratch, in the order of evaluation; -1 when that takes more.
    private func collectPairs(
        _ work: UnsafeMutablePointer<PlainWork>,
        _ tagCount: Int,
        _ layer: UnsafePointer<PlainLayer>,
        _ table: TagPolicyTable.View
    ) -> Int {
        let tags = work.pointee.scratch.tags
        let pairs = work.pointee.scratch.pairs
        var count = 0
        for tag in 0..<tagCount {
            for entry in table.entries(of: Int(tags[tag].name), type) {
                guard entry.isSure, count < PlainScratch.mostCandidates else { return -1 }
                let match = tags[tag].match
                let order = order(of: entry, match, layer)
                var place = count
                while place > 0, pairs[place - 1].order > order {
                    pairs[place] = pairs[place - 1]
                    place -= 1
                }
                pairs[place] = PlainPair(
                    policy: entry.policy,
                    tag: Int32(tag),
                    order: order,
                    match: match
                )
                count += 1
            }
        }
        return count
    }

    /// Masks go by the place where the tag was set, then by name as filters do.
    private func order(
        of entry: TagPolicyTable.Entry,
        _ match: MatchType,
        _ layer: UnsafePointer<PlainLayer>
    ) -> UInt64 {
        switch type {
        case .access: layer.pointee.policies.pointer(entry.policy).pointee.order
        case .dataMask: UInt64(match.tagOrder) << 32 | UInt64(entry.nameRank)
        case .rowFilter: UInt64(entry.nameRank)
        }
    }
}

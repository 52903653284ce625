/// Numbers that grow in the order of evaluation, with room between them for policies that come later.
enum OrderNumbers {
    /// The distance between neighbours when so many are numbered anew.
    static func step(for count: Int) -> UInt64 { (1 << 62) / UInt64(count + 1) }

    /// What one that comes between two others starts at most at from the one that came last.
    private static let stride: UInt64 = 1 << 20

    /// A number between two; nil when there is no room left.
    ///
    /// Policies that come one after another often stand in a row, so the new one goes near the neighbour that came
    /// later, and leaves room on the side where the next may go.
    static func between(_ left: UInt64, _ right: UInt64, isRightLater: Bool) -> UInt64? {
        let gap = right - left
        guard gap > 1 else { return nil }
        let distance = max(1, min(gap / 2, stride))
        return isRightLater ? right - distance : left + distance
    }
}

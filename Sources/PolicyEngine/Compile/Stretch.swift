/// Numbers in a row, such as those of parts that lie side by side; holds nothing but two numbers.
struct Stretch: BitwiseCopyable, Hashable, Sendable, RandomAccessCollection {
    let startIndex: Int32
    let endIndex: Int32

    init(_ start: Int32, _ end: Int32) {
        startIndex = start
        endIndex = end
    }

    subscript(number: Int32) -> Int32 { number }

    static let none = Stretch(0, 0)
}

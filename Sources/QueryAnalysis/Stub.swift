package import CatalogModel
package struct ExpressionSyntaxError: Error {}
package enum ExpressionParser { package static func parse(_ t: String) throws(ExpressionSyntaxError) -> SQLExpression { throw ExpressionSyntaxError() } }

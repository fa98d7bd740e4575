// Reads electronic seals and electronic seal signatures (SESeal, SES_Signature
// after GB/T 38540) with BouncyCastle:
//
//   java SealCheck CA.der PROTECTED accept FILE…   every file is accepted
//   java SealCheck CA.der PROTECTED changes FILE   the file is accepted, and
//                                                  refused after every change
//                                                  of one byte
//
// Accepted of a seal: strict DER of that structure, the maker's SM2 signature
// over the DER of SES_SealInfo, his certificate under the CA, valid when the
// seal was made and fit for signing, and every listed certificate under the CA,
// too. Of a signature: a seal like that, the signer's SM2 signature over the
// DER of TBS_Sign, his certificate under the CA, listed in the seal or by its
// SM3, all of it valid at the time of signing, and the SM3 of PROTECTED.

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.bouncycastle.asn1.ASN1BitString;
import org.bouncycastle.asn1.ASN1Boolean;
import org.bouncycastle.asn1.ASN1Encodable;
import org.bouncycastle.asn1.ASN1GeneralizedTime;
import org.bouncycastle.asn1.ASN1IA5String;
import org.bouncycastle.asn1.ASN1Integer;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.ASN1OctetString;
import org.bouncycastle.asn1.ASN1Primitive;
import org.bouncycastle.asn1.ASN1PrintableString;
import org.bouncycastle.asn1.ASN1Sequence;
import org.bouncycastle.asn1.ASN1TaggedObject;
import org.bouncycastle.asn1.ASN1UTF8String;
import org.bouncycastle.asn1.gm.GMObjectIdentifiers;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.crypto.digests.SM3Digest;
import org.bouncycastle.crypto.params.AsymmetricKeyParameter;
import org.bouncycastle.crypto.params.ParametersWithID;
import org.bouncycastle.crypto.signers.SM2Signer;
import org.bouncycastle.crypto.util.PublicKeyFactory;

public final class SealCheck {
  // Where a file is refused.
  private static final class Refused extends Exception {
    private static final long serialVersionUID = 1L;

    Refused(String stage) {
      super(stage, null, false, false);
    }
  }

  private static void demand(boolean condition, String stage) throws Refused {
    if (!condition) throw new Refused(stage);
  }

  private static ASN1Primitive strict(byte[] bytes, String stage)
      throws Refused {
    try {
      ASN1Primitive value = ASN1Primitive.fromByteArray(bytes);
      demand(Arrays.equals(value.getEncoded("DER"), bytes), stage);
      return value;
    } catch (IOException | RuntimeException error) {
      throw new Refused(stage);
    }
  }

  // The elements of one SEQUENCE, in order.
  private static final class Parts {
    private final ASN1Sequence sequence;
    private int next = 0;

    Parts(ASN1Encodable value) throws Refused {
      demand(value instanceof ASN1Sequence, "structure");
      sequence = (ASN1Sequence) value;
    }

    boolean more() {
      return next < sequence.size();
    }

    <T> T take(Class<T> type) throws Refused {
      demand(more() && type.isInstance(sequence.getObjectAt(next)),
             "structure");
      return type.cast(sequence.getObjectAt(next++));
    }

    Parts sequence() throws Refused {
      return new Parts(take(ASN1Sequence.class));
    }

    byte[] octets() throws Refused {
      return take(ASN1OctetString.class).getOctets();
    }

    byte[] bits() throws Refused {
      ASN1BitString bits = take(ASN1BitString.class);
      demand(bits.getPadBits() == 0, "structure");
      return bits.getOctets();
    }

    Date time() throws Refused {
      ASN1GeneralizedTime time = take(ASN1GeneralizedTime.class);
      demand(time.getTimeString().matches("[0-9]{14}GMT\\+00:00|[0-9]{14}Z"),
             "structure");
      try {
        return time.getDate();
      } catch (java.text.ParseException error) {
        throw new Refused("structure");
      }
    }

    void end() throws Refused {
      demand(!more(), "structure");
    }
  }

  private static boolean verifySm2(SubjectPublicKeyInfo key, byte[] message,
                                   byte[] value) throws Refused {
    // By its name: the equation holds over other curves, too.
    demand(GMObjectIdentifiers.sm2p256v1.equals(
               key.getAlgorithm().getParameters()),
           "curve");
    try {
      AsymmetricKeyParameter parameters = PublicKeyFactory.createKey(key);
      SM2Signer signer = new SM2Signer();
      byte[] user = "1234567812345678".getBytes(StandardCharsets.US_ASCII);
      signer.init(false, new ParametersWithID(parameters, user));
      signer.update(message, 0, message.length);
      return signer.verifySignature(value);
    } catch (IOException | RuntimeException error) {
      return false;
    }
  }

  private static X509CertificateHolder certificate(byte[] der)
      throws Refused {
    try {
      X509CertificateHolder read =
          new X509CertificateHolder(strict(der, "certificate").getEncoded());
      demand(read.getSignatureAlgorithm().getAlgorithm().equals(
                 GMObjectIdentifiers.sm2sign_with_sm3),
             "certificate");
      // What is signed names the algorithm again.
      demand(read.toASN1Structure().getTBSCertificate().getSignature().equals(
                 read.getSignatureAlgorithm()),
             "certificate");
      demand(read.toASN1Structure().getSignature().getPadBits() == 0,
             "certificate");
      return read;
    } catch (IOException | RuntimeException error) {
      throw new Refused("certificate");
    }
  }

  private static byte[] sm3(byte[] bytes) {
    SM3Digest digest = new SM3Digest();
    digest.update(bytes, 0, bytes.length);
    byte[] hash = new byte[digest.getDigestSize()];
    digest.doFinal(hash, 0);
    return hash;
  }

  // What a seal says of those who sign with it.
  private static final class Property {
    final boolean digests;
    final List<byte[]> list = new ArrayList<>();
    final Date made;
    final Date from;
    final Date to;

    Property(Parts property) throws Refused {
      property.take(ASN1Integer.class);
      property.take(ASN1UTF8String.class);
      int listType = property.take(ASN1Integer.class).intValueExact();
      demand(listType == 1 || listType == 2, "structure");
      digests = listType == 2;
      Parts entries = property.sequence();
      while (entries.more()) {
        if (digests) {
          Parts entry = entries.sequence();
          entry.take(ASN1PrintableString.class);
          list.add(entry.octets());
          demand(list.get(list.size() - 1).length == 32, "structure");
          entry.end();
        } else {
          list.add(entries.octets());
        }
      }
      made = property.time();
      from = property.time();
      to = property.time();
      demand(to.after(from), "structure");
      property.end();
    }

    boolean lists(byte[] certificate) {
      byte[] wanted = digests ? sm3(certificate) : certificate;
      return list.stream().anyMatch(entry -> Arrays.equals(entry, wanted));
    }
  }

  private final X509CertificateHolder ca;
  private final byte[] protectedSm3;

  private SealCheck(byte[] caDer, byte[] protectedBytes) throws Refused {
    ca = certificate(caDer);
    protectedSm3 = sm3(protectedBytes);
    BasicConstraints constraints =
        BasicConstraints.fromExtensions(ca.getExtensions());
    demand(constraints != null && constraints.isCA(), "ca");
    checkSignature(ca);
  }

  private void checkSignature(X509CertificateHolder read) throws Refused {
    try {
      demand(read.getIssuer().equals(ca.getSubject()) &&
                 verifySm2(ca.getSubjectPublicKeyInfo(),
                           read.toASN1Structure().getTBSCertificate()
                               .getEncoded("DER"),
                           read.getSignature()),
             "chain");
    } catch (IOException error) {
      throw new Refused("chain");
    }
  }

  private X509CertificateHolder checkSigner(byte[] der, Date at)
      throws Refused {
    X509CertificateHolder read = certificate(der);
    checkSignature(read);
    demand(read.isValidOn(at) && ca.isValidOn(at), "validity");
    KeyUsage usage = KeyUsage.fromExtensions(read.getExtensions());
    demand(usage == null || usage.hasUsages(KeyUsage.digitalSignature) ||
               usage.hasUsages(KeyUsage.nonRepudiation),
           "key usage");
    return read;
  }

  private static void checkExtensions(Parts extensions) throws Refused {
    while (extensions.more()) {
      Parts extension = extensions.sequence();
      extension.take(ASN1ObjectIdentifier.class);
      extension.take(ASN1Boolean.class);
      extension.octets();
      extension.end();
    }
  }

  private static Property readInfo(Parts info) throws Refused {
    Parts header = info.sequence();
    demand(header.take(ASN1IA5String.class).getString().equals("ES"),
           "structure");
    demand(header.take(ASN1Integer.class).hasValue(4), "structure");
    header.take(ASN1IA5String.class);
    header.end();
    info.take(ASN1IA5String.class);
    Property property = new Property(info.sequence());
    Parts picture = info.sequence();
    picture.take(ASN1IA5String.class);
    picture.octets();
    picture.take(ASN1Integer.class);
    picture.take(ASN1Integer.class);
    picture.end();
    if (info.more()) checkExtensions(info.sequence());
    info.end();
    return property;
  }

  // The end of a seal, and of a signature: who signed the first part.
  private X509CertificateHolder checkSigned(ASN1Sequence signed, Parts rest)
      throws IOException, Refused {
    X509CertificateHolder holder = certificate(rest.octets());
    demand(rest.take(ASN1ObjectIdentifier.class)
               .equals(GMObjectIdentifiers.sm2sign_with_sm3),
           "algorithm");
    byte[] value = rest.bits();
    rest.end();
    demand(verifySm2(holder.getSubjectPublicKeyInfo(),
                     signed.getEncoded("DER"), value),
           "signature");
    return holder;
  }

  private Property checkSeal(Parts seal) throws IOException, Refused {
    ASN1Sequence info = seal.take(ASN1Sequence.class);
    X509CertificateHolder maker = checkSigned(info, seal);
    Property property = readInfo(new Parts(info));
    checkSigner(maker.getEncoded(), property.made);
    if (!property.digests) {
      for (byte[] listed : property.list) checkSigner(listed, property.made);
    }
    return property;
  }

  private void checkSealSignature(Parts signature)
      throws IOException, Refused {
    ASN1Sequence signed = signature.take(ASN1Sequence.class);
    byte[] signer = checkSigned(signed, signature).getEncoded();
    Parts toSign = new Parts(signed);
    demand(toSign.take(ASN1Integer.class).hasValue(4), "structure");
    Property property = checkSeal(toSign.sequence());
    Date at = toSign.time();
    byte[] hash = toSign.bits();
    toSign.take(ASN1IA5String.class);
    if (toSign.more()) {
      ASN1TaggedObject tagged = toSign.take(ASN1TaggedObject.class);
      demand(tagged.hasContextTag(0) && tagged.isExplicit(), "structure");
      checkExtensions(new Parts(tagged.getExplicitBaseObject()));
    }
    toSign.end();
    checkSigner(signer, at);
    demand(property.lists(signer), "listed");
    demand(!at.before(property.from) && !at.after(property.to), "validity");
    demand(Arrays.equals(hash, protectedSm3), "data hash");
  }

  // What is signed begins with its version in a signature alone.
  private static boolean isSignature(ASN1Sequence file) {
    return file.size() > 0 &&
        file.getObjectAt(0) instanceof ASN1Sequence &&
        ((ASN1Sequence) file.getObjectAt(0)).size() > 0 &&
        ((ASN1Sequence) file.getObjectAt(0)).getObjectAt(0)
            instanceof ASN1Integer;
  }

  void check(byte[] bytes) throws Refused {
    try {
      ASN1Primitive file = strict(bytes, "DER");
      demand(file instanceof ASN1Sequence, "structure");
      if (isSignature((ASN1Sequence) file)) {
        checkSealSignature(new Parts(file));
      } else {
        checkSeal(new Parts(file));
      }
    } catch (IOException | RuntimeException error) {
      throw new Refused("structure");
    }
  }

  // The stage where it is refused; null where it is accepted.
  String stage(byte[] bytes) {
    try {
      check(bytes);
      return null;
    } catch (Refused refused) {
      return refused.getMessage();
    }
  }

  private static int sizeOf(ASN1Encodable value) {
    try {
      return value.toASN1Primitive().getEncoded("DER").length;
    } catch (IOException error) {
      throw new IllegalStateException(error);
    }
  }

  private static int begin(ASN1Sequence sequence) {
    return sizeOf(sequence) -
        Arrays.stream(sequence.toArray()).mapToInt(SealCheck::sizeOf).sum();
  }

  // Of what is signed, without the seal in a signature, and of the signature
  // value: every other value of each of their bytes is tried, of all other
  // bytes some.
  private static boolean[] triedWhole(byte[] bytes) throws Refused {
    ASN1Sequence file = (ASN1Sequence) strict(bytes, "DER");
    boolean[] every = new boolean[bytes.length];
    int signed = begin(file);
    Arrays.fill(every, signed, signed + sizeOf(file.getObjectAt(0)), true);
    Arrays.fill(every, bytes.length - sizeOf(file.getObjectAt(3)),
                bytes.length, true);
    if (isSignature(file)) {
      ASN1Sequence toSign = (ASN1Sequence) file.getObjectAt(0);
      int seal = signed + begin(toSign) + sizeOf(toSign.getObjectAt(0));
      Arrays.fill(every, seal, seal + sizeOf(toSign.getObjectAt(1)), false);
    }
    return every;
  }

  private boolean changes(byte[] file) throws Refused {
    boolean[] every = triedWhole(file);
    Map<String, Integer> stages = new TreeMap<>();
    int[] accepted = {0};
    IntStream.range(0, file.length).parallel().forEach(at -> {
      byte[] changed = file.clone();
      for (int flip = 1; flip < 256; ++flip) {
        if (!every[at] && flip % 61 != at % 61) continue;
        changed[at] = (byte) (file[at] ^ flip);
        String stage = stage(changed);
        synchronized (stages) {
          if (stage == null) {
            ++accepted[0];
            System.out.printf("FAILED: accepted with byte %d xor %02x%n", at,
                              flip);
          } else {
            stages.merge(stage, 1, Integer::sum);
          }
        }
      }
    });
    int tried = stages.values().stream().mapToInt(n -> n).sum() + accepted[0];
    System.out.println(tried + " changes, refused at " + stages);
    // Changes of a name, say, leave nothing but the signature to refuse them,
    // and those of the certificate nothing but its chain.
    return accepted[0] == 0 && stages.getOrDefault("signature", 0) > 1000 &&
        stages.getOrDefault("chain", 0) > 100;
  }

  public static void main(String[] words) throws Exception {
    SealCheck checker = new SealCheck(Files.readAllBytes(Path.of(words[0])),
                                      Files.readAllBytes(Path.of(words[1])));
    boolean good = true;
    for (String name : Arrays.asList(words).subList(3, words.length)) {
      byte[] file = Files.readAllBytes(Path.of(name));
      String stage = checker.stage(file);
      System.out.println(name + ": " +
                         (stage == null ? "accepted" : "REFUSED at " + stage));
      good &= stage == null;
      if (words[2].equals("changes")) good &= checker.changes(file);
    }
    System.exit(good && words.length > 3 ? 0 : 1);
  }
}

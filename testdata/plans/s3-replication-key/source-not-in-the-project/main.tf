provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

resource "aws_s3_bucket" "destination" {
  provider = aws.frankfurt
  bucket   = "orders-destination"
}

resource "aws_s3_bucket_replication_configuration" "orders" {
  bucket = "legacy-source"
  role   = "arn:aws:iam::123456789012:role/s3-replication"

  rule {
    id     = "all"
    status = "Enabled"

    destination {
      bucket = aws_s3_bucket.destination.arn
    }
  }
}

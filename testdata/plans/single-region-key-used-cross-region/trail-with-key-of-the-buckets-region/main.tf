provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

resource "aws_kms_key" "frankfurt" {
  provider            = aws.frankfurt
  description         = "orders"
  enable_key_rotation = true
}

resource "aws_s3_bucket" "trail" {
  provider = aws.frankfurt
  bucket   = "orders-trail-logs"
}

resource "aws_cloudtrail" "all" {
  name           = "all"
  s3_bucket_name = aws_s3_bucket.trail.id
  kms_key_id     = aws_kms_key.frankfurt.arn
}

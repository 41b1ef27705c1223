provider "aws" {
  region = "eu-west-1"
}

provider "aws" {
  alias  = "frankfurt"
  region = "eu-central-1"
}

resource "aws_kms_replica_key" "app" {
  provider        = aws.frankfurt
  primary_key_arn = "arn:aws:kms:eu-west-1:123456789012:key/mrk-e762713856e6bc117fdd507d0be8ddaa"
}
